"""Makes what an old job was given: a model as Keras 2 wrote it, and a dataset (images of 28 x 28 with one bright band per class).

Usage: make.py MODEL DATASET
"""

import json
import os
import sys

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import h5py
import numpy as np
import tf_keras as keras


def text(holder, name, value):
    holder.attrs.create(name, value.encode(), dtype=h5py.string_dtype("ascii"))


def write_model(path):
    model = keras.models.Sequential(
        [
            keras.layers.Flatten(input_shape=(28, 28)),
            keras.layers.Dense(128, activation="relu"),
            keras.layers.Dropout(0.2),
            keras.layers.Dense(10, activation="softmax"),
        ]
    )
    with h5py.File(path, "w") as file:
        weights = file.create_group("model_weights")
        for holder in (file, weights):
            text(holder, "backend", "tensorflow")
            text(holder, "keras_version", "2.4.0")
        text(file, "model_config", json.dumps({"class_name": "Sequential", "config": model.get_config()}, default=str))
        weights.attrs["layer_names"] = np.asarray([layer.name.encode() for layer in model.layers])
        for layer in model.layers:
            group = weights.create_group(layer.name)
            group.attrs["weight_names"] = np.asarray([weight.name.encode() for weight in layer.weights])
            for weight in layer.weights:
                group.create_dataset(weight.name, data=weight.numpy())


def images(count, seed):
    random = np.random.default_rng(seed)
    labels = random.integers(0, 10, count).astype("uint8")
    pixels = random.integers(0, 60, (count, 28, 28)).astype("uint8")
    for image, label in zip(pixels, labels):
        image[2 * label + 3 : 2 * label + 5, :] = 255
    return pixels, labels


def write_dataset(path):
    x_train, y_train = images(600, 1)
    x_test, y_test = images(200, 2)
    np.savez(path, x_train=x_train, y_train=y_train, x_test=x_test, y_test=y_test)


if __name__ == "__main__":
    write_model(sys.argv[1])
    write_dataset(sys.argv[2])
