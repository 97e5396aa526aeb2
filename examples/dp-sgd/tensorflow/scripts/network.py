"""The 784-200-200-10 network of McMahan et al. 2017, and the images it reads."""

import os

import keras
import numpy as np

import partition


def model():
    return keras.Sequential(
        [
            keras.layers.Input((28, 28)),
            keras.layers.Flatten(name="flatten"),
            keras.layers.Dense(200, activation="relu", name="dense"),
            keras.layers.Dense(200, activation="relu", name="dense_1"),
            keras.layers.Dense(10, activation="softmax", name="dense_2"),
        ]
    )


def images(kind):
    """This client's images of `train` or `test`, scaled to 0..1, and their labels."""
    with np.load(os.path.join(partition.directory(), "mnist.npz")) as file:
        x, y = file[f"x_{kind}"], file[f"y_{kind}"]
    chosen = partition.mine(y)
    return x[chosen].astype("float32") / 255.0, y[chosen].astype("int64")
