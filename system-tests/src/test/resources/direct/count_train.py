"""Trains nothing, and counts the rounds that the job's extender tells of."""

import os
import shutil

import neursafe_fl as nsfl

workspace = os.environ["TASK_WORKSPACE"]
shutil.copyfile(os.path.join(workspace, "init_weights.pth"), os.path.join(workspace, "trained_weights.pth"))
nsfl.put_parameter("rounds", nsfl.get_parameter("rounds") + 1)
nsfl.put_file("note.txt", nsfl.get_file("note.txt"))
nsfl.commit_metrics({"sample_num": 20, "loss": 0.5, "accuracy": 0.5})
