import sys

import neursafe_fl as nsfl


def number(name):
    return float(sys.argv[sys.argv.index(name) + 1])


nsfl.commit_metrics({"sample_num": int(number("--samples")), "loss": 0.5, "accuracy": number("--accuracy")})
