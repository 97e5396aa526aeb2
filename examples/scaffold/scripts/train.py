import argparse

import neursafe_fl as nsfl
import torch

import network


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--epochs", type=int, default=5)
    parser.add_argument("--batches", type=int, default=5, help="steps an epoch")
    parser.add_argument("--learning-rate", type=float, default=0.1)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    if nsfl.get_seed() is not None:
        torch.manual_seed(nsfl.get_seed())
    directory = nsfl.get_dataset_path("mnist")
    x, y = network.images(directory, "train")
    mine = network.share(y, *network.place(directory))
    model = network.model()
    nsfl.load_weights(model)
    optimizer = nsfl.create_optimizer(params=model.parameters(), learning_rate=arguments.learning_rate)
    if optimizer is None:
        # The same job without `optimizer` is federated averaging.
        optimizer = nsfl.count_local_steps(torch.optim.SGD(model.parameters(), lr=arguments.learning_rate))
    loss = network.steps(model, optimizer, x[mine], y[mine], arguments.epochs, arguments.batches)
    nsfl.commit_weights(model, optimizer)
    nsfl.commit_metrics({"sample_num": len(mine), "loss": loss})


if __name__ == "__main__":
    main()
