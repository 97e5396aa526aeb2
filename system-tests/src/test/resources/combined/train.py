"""Moves every weight by the same amount, without a framework, and checks that the job's optimizer has arrived."""

import argparse
import os
import re
import struct
import zipfile

import neursafe_fl as nsfl

arguments = argparse.ArgumentParser()
arguments.add_argument("--samples", type=int)
arguments.add_argument("--shift", type=float)
arguments.add_argument("--optimizer", default="")
given, _ = arguments.parse_known_args()
assert os.environ.get("OPTIMIZER_NAME", "") == given.optimizer, os.environ.get("OPTIMIZER_NAME")

workspace = os.environ["TASK_WORKSPACE"]
with zipfile.ZipFile(os.path.join(workspace, "init_weights.pth")) as before, zipfile.ZipFile(
    os.path.join(workspace, "trained_weights.pth"), "w", zipfile.ZIP_STORED
) as after:
    for entry in before.namelist():
        content = before.read(entry)
        if re.fullmatch(r".*/data/[0-9]+", entry):
            values = struct.unpack(f"<{len(content) // 4}f", content)
            content = struct.pack(f"<{len(values)}f", *(value + given.shift for value in values))
        after.writestr(entry, content)
nsfl.commit_metrics({"sample_num": given.samples, "loss": 0.25, "local_steps": 3, "loss_before": 0.5})
