"""Writes tensorflow/model/init_model.h5: the start of every run of that example."""

import os
import pathlib
import sys

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import keras  # noqa: E402


def main():
    keras.utils.set_random_seed(2022)
    model = keras.Sequential(
        [
            keras.layers.Input((28, 28)),
            keras.layers.Flatten(name="flatten"),
            keras.layers.Dense(200, activation="relu", name="dense"),
            keras.layers.Dense(200, activation="relu", name="dense_1"),
            keras.layers.Dense(10, activation="softmax", name="dense_2"),
        ]
    )
    default = pathlib.Path(__file__).parents[1] / "tensorflow/model/init_model.h5"
    model.save(sys.argv[1] if len(sys.argv) > 1 else default)


if __name__ == "__main__":
    main()
