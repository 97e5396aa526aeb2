"""Many clients of an experiment at few clients of the platform.

A published experiment has, say, 100 clients of which 10 train in a round. Here each of M clients of the platform owns an M-th of them
and trains one of its own in each round, drawn by the task's seed.
"""

import argparse
import json
import os

import numpy as np

import neursafe_fl as nsfl

_FILES = {
    "train": ("train-images-idx3-ubyte", "train-labels-idx1-ubyte"),
    "test": ("t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"),
}
_SPLIT_SEED = 2017


def arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("--model", choices=["2nn", "cnn", "lenet"], default="2nn")
    parser.add_argument("--split", choices=["iid", "shards", "dirichlet"], default="iid")
    parser.add_argument("--population", type=int, default=100, help="clients of the experiment")
    parser.add_argument("--alpha", type=float, default=0.5, help="with dirichlet: less is more skewed")
    parser.add_argument("--epochs", type=int, default=1)
    parser.add_argument("--batch-size", type=int, default=10, help="0: all samples are one batch")
    parser.add_argument("--learning-rate", type=float, default=0.1)
    parser.add_argument("--momentum", type=float, default=0.0)
    return parser.parse_args()


def samples(kind, choose):
    """Images of `train` or `test` scaled to 0..1 (n, 28, 28) float32, and labels (n,) int64.

    choose: all labels -> which samples (n indices or a slice); no more than those are read.
    """
    directory = nsfl.get_dataset_path("mnist")
    images, labels = (os.path.join(directory, name) for name in _FILES[kind])
    y = np.fromfile(labels, dtype=np.uint8)[8:].astype(np.int64)
    x = np.memmap(images, dtype=np.uint8, mode="r", offset=16).reshape(-1, 28, 28)
    chosen = choose(y)
    return x[chosen].astype(np.float32) / 255.0, y[chosen]


def drawn_client(population):
    """Which client of the experiment trains here in this round."""
    index, of = place()
    if population % of:
        raise ValueError(f"{population} clients cannot be shared equally by {of} clients of the platform")
    own = population // of
    return index * own + int(np.random.RandomState(nsfl.get_seed()).randint(own))


def share(labels, client, arguments):
    """Indices of one client's samples; the same in every round."""
    random = np.random.RandomState(_SPLIT_SEED)
    if arguments.split == "iid":
        return np.array_split(random.permutation(len(labels)), arguments.population)[client]
    if arguments.split == "shards":
        # McMahan et al. 2017: sorted by label, two shards for each client.
        shards = np.array_split(np.argsort(labels, kind="stable"), 2 * arguments.population)
        mine = random.permutation(len(shards))[2 * client : 2 * client + 2]
        return np.concatenate([shards[shard] for shard in mine])
    return _dirichlet(labels, client, arguments, random)


def _dirichlet(labels, client, arguments, random):
    """Li et al. 2022, "Federated Learning on Non-IID Data Silos": each label's samples are divided by proportions drawn from Dirichlet(alpha)
    among the clients that do not have their equal share yet; drawn anew until nobody has fewer than ten.
    """
    while True:
        parts = [[] for _ in range(arguments.population)]
        sizes = np.zeros(arguments.population)
        for label in range(10):
            samples = random.permutation(np.flatnonzero(labels == label))
            proportions = random.dirichlet([arguments.alpha] * arguments.population) * (sizes < len(labels) / arguments.population)
            cuts = np.cumsum(proportions / proportions.sum())[:-1] * len(samples)
            for part, piece in zip(parts, np.split(samples, cuts.astype(int))):
                part.append(piece)
            sizes = np.array([sum(map(len, part)) for part in parts])
        if sizes.min() >= 10:
            return np.concatenate(parts[client])


def place():
    """This client of the platform, and how many there are."""
    path = os.path.join(nsfl.get_dataset_path("mnist"), "partition.json")
    with open(path, encoding="utf-8") as file:
        partition = json.load(file)
    return partition["index"], partition["of"]
