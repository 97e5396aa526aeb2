"""Which samples are this client's.

Every client gets the same scripts and parameters; what tells them apart is a file of their own beside the data,
`partition.json`: {"index": 0, "of": 2}. Without one the client has all of it.
"""

import argparse
import json
import os

import numpy as np

import neursafe_fl as nsfl


def arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("--epochs", type=int, default=1)
    parser.add_argument("--batch-size", type=int, default=256, help="records in a step, on average")
    parser.add_argument("--learning-rate", type=float, default=0.5)
    parser.add_argument("--noise-multiplier", type=float, default=1.0)
    parser.add_argument("--max-grad-norm", type=float, default=1.0)
    parser.add_argument("--delta", type=float, default=1e-5)
    parser.add_argument("--rounds", type=int, default=1, help="how many rounds of the job this client trains in at most")
    return parser.parse_args()


def directory():
    return nsfl.get_dataset_path("mnist")


def mine(labels):
    """Indices of this client's samples: the same for the same partition, whatever the round."""
    index, of = _partition()
    return np.random.RandomState(2022).permutation(len(labels))[index::of]


def _partition():
    path = os.path.join(directory(), "partition.json")
    if not os.path.exists(path):
        return 0, 1
    with open(path, encoding="utf-8") as file:
        partition = json.load(file)
    return partition["index"], partition["of"]
