"""Tells the global weights, which every worker has to hold alike, as the loss."""

import neursafe_fl as nsfl

import workers

model = workers.Total()
nsfl.load_weights(model)
first = model.total[0].item()
if workers.added_up(first).tolist() != [first * 3] * 4:
    raise SystemExit("the workers hold different weights")
nsfl.commit_metrics({"sample_num": 1, "loss": first})
