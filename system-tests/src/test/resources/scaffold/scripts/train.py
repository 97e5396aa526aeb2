import os

import neursafe_fl as nsfl
import torch

import point

client = point.client()
# <train>-<job>-<port>-<round>-<time>
round_number = int(os.path.basename(os.environ["TASK_WORKSPACE"]).split("-")[-2])
model = point.Point()
nsfl.load_weights(model)
optimizer = nsfl.create_optimizer(params=model.parameters(), learning_rate=0.1)
scale, place = torch.tensor(client["scale"]), torch.tensor(client["place"])
for _ in range(client["steps"]):
    optimizer.zero_grad()
    (0.5 * (scale * (model.point - place) ** 2).sum()).backward()
    optimizer.step()
model.own += 1
nsfl.commit_weights(model, optimizer)
# A number of samples that no round takes: the update is made, delivered, and refused.
nsfl.commit_metrics({"sample_num": -1 if round_number == client["refused_in"] else client["samples"]})
