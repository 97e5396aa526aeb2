import argparse

import keras
import neursafe_fl as nsfl

from network import images, model


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--index_range", required=True, help="first and last sample, as 0,30000")
    arguments = parser.parse_args()
    x, y = images("train", arguments.index_range)
    network = model()
    network.compile(optimizer=keras.optimizers.SGD(learning_rate=0.15), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    nsfl.load_weights(network)
    history = network.fit(x, y, epochs=1, verbose=2)
    nsfl.commit_weights(network)
    nsfl.commit_metrics(
        {"sample_num": len(y), "loss": history.history["loss"][-1], "accuracy": history.history["accuracy"][-1]}
    )


if __name__ == "__main__":
    main()
