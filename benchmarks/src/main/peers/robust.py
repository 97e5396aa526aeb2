"""One robust rule as Flower has it (geometric median, which it lacks: plain numpy), over updates that lie in files.

usage: robust.py RULE MALICIOUS RESULT UPDATE...    float32 each; so is RESULT
Prints: seconds of the rule alone, then the most memory that this process ever had, MiB.
"""

import resource
import sys
import time

import numpy as np
from flwr.server.strategy import aggregate as flower


def main():
    rule, malicious, result, *files = sys.argv[1:]
    updates = [([np.fromfile(file, dtype=np.float32)], 1) for file in files]
    start = time.perf_counter()
    (aggregate,) = RULES[rule](updates, int(malicious))
    seconds = time.perf_counter() - start
    mebibytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    np.asarray(aggregate, dtype=np.float32).tofile(result)
    print(seconds, mebibytes)


def trimmed_mean(updates, malicious):
    # The half keeps the floor where it belongs.
    return flower.aggregate_trimmed_avg(updates, (malicious + 0.5) / len(updates))


def bulyan(updates, malicious):
    return flower.aggregate_bulyan(updates, malicious, flower.aggregate_krum, to_keep=0)


def geometric_median(updates, _):
    """Five means, as RFA's authors take; distances below 1e-6 count as this."""
    all_updates = np.stack([update[0] for update, _ in updates])
    weights = np.ones(len(updates))
    for turn in range(5):
        middle = weights @ all_updates / weights.sum()
        if turn < 4:
            weights = 1 / np.maximum(1e-6, np.linalg.norm(all_updates - middle, axis=1))
    return [middle]


RULES = {
    "median": lambda updates, _: flower.aggregate_median(updates),
    "trimmed_mean": trimmed_mean,
    "krum": lambda updates, malicious: flower.aggregate_krum(updates, malicious, 0),
    "multi_krum": lambda updates, malicious: flower.aggregate_krum(updates, malicious, len(updates) - malicious),
    "bulyan": bulyan,
    "geometric_median": geometric_median,
}

if __name__ == "__main__":
    main()
