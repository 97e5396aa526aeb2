import time

import keras
import neursafe_fl as nsfl

import network
import partition


def main():
    arguments = partition.arguments()
    if nsfl.get_seed() is not None:
        keras.utils.set_random_seed(nsfl.get_seed())
    x, y = network.images("train", arguments.split, arguments.shards_per_client)
    model = network.model()
    nsfl.load_weights(model)
    model.compile(
        optimizer=keras.optimizers.Adam(arguments.learning_rate),
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
    )
    start = time.time()
    history = model.fit(x, y, batch_size=arguments.batch_size, epochs=arguments.epochs, verbose=2)
    nsfl.commit_weights(model)
    nsfl.commit_metrics(
        {
            "sample_num": len(y),
            "spend_time": int(time.time() - start),
            "loss": history.history["loss"][-1],
            "accuracy": history.history["accuracy"][-1],
        }
    )


if __name__ == "__main__":
    main()
