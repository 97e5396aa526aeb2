import neursafe_fl as nsfl

import network


def main():
    x, y = network.images("test")
    model = network.model()
    nsfl.load_weights(model)
    model.compile(loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    loss, accuracy = model.evaluate(x, y, batch_size=1000, verbose=2)
    nsfl.commit_metrics({"sample_num": len(y), "loss": loss, "accuracy": accuracy})


if __name__ == "__main__":
    main()
