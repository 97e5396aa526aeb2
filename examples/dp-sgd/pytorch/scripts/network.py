"""The 784-200-200-10 network of McMahan et al. 2017, and the images it reads."""

import os

import numpy as np
import torch

import partition

_FILES = {
    "train": ("train-images-idx3-ubyte", "train-labels-idx1-ubyte"),
    "test": ("t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"),
}


def model():
    return torch.nn.Sequential(
        torch.nn.Flatten(),
        torch.nn.Linear(784, 200),
        torch.nn.ReLU(),
        torch.nn.Linear(200, 200),
        torch.nn.ReLU(),
        torch.nn.Linear(200, 10),
    )


def images(kind):
    """This client's images of `train` or `test`, scaled to 0..1, and their labels."""
    image_file, label_file = (os.path.join(partition.directory(), name) for name in _FILES[kind])
    x = np.fromfile(image_file, dtype=np.uint8)[16:].reshape(-1, 28, 28)
    y = np.fromfile(label_file, dtype=np.uint8)[8:]
    chosen = partition.mine(y)
    return torch.from_numpy(x[chosen].astype(np.float32) / 255.0), torch.from_numpy(y[chosen].astype(np.int64))
