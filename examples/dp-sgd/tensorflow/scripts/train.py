import time

import keras
import neursafe_fl as nsfl

import network
import partition


def main():
    arguments = partition.arguments()
    x, y = network.images("train")
    model = network.model()
    nsfl.load_weights(model)
    model.compile(optimizer=keras.optimizers.SGD(arguments.learning_rate), loss="sparse_categorical_crossentropy")
    model, _, batches = nsfl.dp_sgd(
        model,
        model.optimizer,
        (x, y),
        batch_size=arguments.batch_size,
        noise_multiplier=arguments.noise_multiplier,
        max_grad_norm=arguments.max_grad_norm,
        delta=arguments.delta,
        rounds=arguments.rounds,
    )
    start = time.time()
    model.fit(batches, epochs=arguments.epochs, verbose=2)
    nsfl.commit_weights(model)
    # A loss or an accuracy of this client's records would leave without noise: what is told is the cost alone.
    nsfl.commit_metrics({"sample_num": len(y), "spend_time": int(time.time() - start)})


if __name__ == "__main__":
    main()
