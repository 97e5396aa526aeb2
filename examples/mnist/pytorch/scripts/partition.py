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
    parser.add_argument("--split", choices=["iid", "shards"], default="iid", help="shards: few digits at each client")
    parser.add_argument("--shards-per-client", type=int, default=2)
    parser.add_argument("--epochs", type=int, default=1)
    parser.add_argument("--batch-size", type=int, default=32)
    parser.add_argument("--learning-rate", type=float, default=0.001)
    return parser.parse_args()


def directory():
    return nsfl.get_dataset_path("mnist")


def mine(labels, split, shards_per_client):
    """Indices of this client's samples: the same for the same partition, whatever the round."""
    index, of = _partition()
    shuffle = np.random.RandomState(2022)
    if split == "iid":
        return shuffle.permutation(len(labels))[index::of]
    by_label = np.argsort(labels, kind="stable")
    shards = np.array_split(by_label, of * shards_per_client)
    chosen = shuffle.permutation(len(shards))[index * shards_per_client : (index + 1) * shards_per_client]
    return np.concatenate([shards[shard] for shard in chosen])


def _partition():
    path = os.path.join(directory(), "partition.json")
    if not os.path.exists(path):
        return 0, 1
    with open(path, encoding="utf-8") as file:
        partition = json.load(file)
    return partition["index"], partition["of"]
