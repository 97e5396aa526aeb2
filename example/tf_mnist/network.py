"""One hidden layer of 128, and this client's slice of MNIST."""

import keras
import neursafe_fl as nsfl
import numpy as np


def model():
    return keras.Sequential(
        [
            keras.layers.Input((28, 28)),
            keras.layers.Flatten(name="flatten"),
            keras.layers.Dense(128, activation="relu", name="dense"),
            keras.layers.Dropout(0.2, name="dropout"),
            keras.layers.Dense(10, activation="softmax", name="dense_1"),
        ]
    )


def images(kind, index_range):
    begin, end = (int(index) for index in index_range.split(","))
    with np.load(nsfl.get_dataset_path("tf_mnist")) as data:
        return data[f"x_{kind}"][begin:end].astype("float32") / 255.0, data[f"y_{kind}"][begin:end].astype("int64")
