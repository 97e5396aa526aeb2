"""Trains nothing: commits the weights that it was given."""

import os
import shutil
import sys

import neursafe_fl as nsfl

workspace = os.environ["TASK_WORKSPACE"]
shutil.copyfile(os.path.join(workspace, "init_weights.pth"), os.path.join(workspace, "trained_weights.pth"))
nsfl.commit_metrics({"sample_num": int(sys.argv[sys.argv.index("--samples") + 1]), "loss": 0.5, "accuracy": 0.5})
