"""Says in the place of an accuracy how many rounds the job's extender counted."""

import neursafe_fl as nsfl

nsfl.commit_metrics({"sample_num": 20, "loss": 0.5, "accuracy": nsfl.get_parameter("rounds") / 10})
