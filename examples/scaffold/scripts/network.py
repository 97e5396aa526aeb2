"""Logistic regression, as in Table 3 of the SCAFFOLD paper, and the images it reads."""

import json
import os

import numpy as np
import torch

_FILES = {
    "train": ("train-images-idx3-ubyte", "train-labels-idx1-ubyte"),
    "test": ("t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"),
}


def model():
    return torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(784, 10))


def images(directory, kind):
    """All images of `train` or `test`, scaled to 0..1, and their labels."""
    image_file, label_file = (os.path.join(directory, name) for name in _FILES[kind])
    x = np.fromfile(image_file, dtype=np.uint8)[16:].reshape(-1, 28, 28).astype(np.float32) / 255.0
    y = np.fromfile(label_file, dtype=np.uint8)[8:].astype(np.int64)
    return torch.from_numpy(x), torch.from_numpy(y)


def share(y, index, of):
    """Indices of client `index` of `of`: the images sorted by label and cut, so that a client has one or two digits."""
    order = torch.from_numpy(np.argsort(y.numpy(), kind="stable"))
    return order[index * len(y) // of : (index + 1) * len(y) // of]


def place(directory):
    """Which client this is: `partition.json` beside the images, {"index": 0, "of": 2}; without one it has all of them."""
    path = os.path.join(directory, "partition.json")
    if not os.path.exists(path):
        return 0, 1
    with open(path, encoding="utf-8") as file:
        partition = json.load(file)
    return partition["index"], partition["of"]


def steps(network, optimizer, x, y, epochs, batches):
    """Local training: `batches` steps an epoch. Returns the mean loss."""
    losses = []
    for _ in range(epochs):
        for batch in torch.randperm(len(y)).tensor_split(batches):
            optimizer.zero_grad()
            loss = torch.nn.functional.cross_entropy(network(x[batch]), y[batch])
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
    return sum(losses) / len(losses)


def accuracy(network, x, y):
    with torch.no_grad():
        return (network(x).argmax(1) == y).float().mean().item()
