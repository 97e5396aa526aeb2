import argparse

import neursafe_fl as nsfl

from network import images, model


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--index_range", required=True, help="first and last sample, as 0,5000")
    arguments = parser.parse_args()
    x, y = images("test", arguments.index_range)
    network = model()
    network.compile(loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    nsfl.load_weights(network)
    loss, accuracy = network.evaluate(x, y, verbose=2)
    nsfl.commit_metrics({"loss": loss, "accuracy": accuracy})


if __name__ == "__main__":
    main()
