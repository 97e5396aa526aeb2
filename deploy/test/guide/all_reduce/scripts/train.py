"""Adds the workers' sum to the global weights: 3 a round."""

import neursafe_fl as nsfl
import torch

import workers

model = workers.Total()
nsfl.load_weights(model)
with torch.no_grad():
    model.total += workers.added_up(1.0)
nsfl.commit_weights(model)
nsfl.commit_metrics({"sample_num": 1, "loss": 0.0})
