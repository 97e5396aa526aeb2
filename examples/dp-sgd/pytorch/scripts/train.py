import time

import neursafe_fl as nsfl
import torch

import network
import partition


def main():
    arguments = partition.arguments()
    torch.set_num_threads(1)
    x, y = network.images("train")
    model = network.model()
    nsfl.load_weights(model)
    optimizer = torch.optim.SGD(model.parameters(), lr=arguments.learning_rate)
    loader = torch.utils.data.DataLoader(torch.utils.data.TensorDataset(x, y), batch_size=arguments.batch_size)
    model, optimizer, loader = nsfl.dp_sgd(
        model,
        optimizer,
        loader,
        noise_multiplier=arguments.noise_multiplier,
        max_grad_norm=arguments.max_grad_norm,
        delta=arguments.delta,
        rounds=arguments.rounds,
    )
    start = time.time()
    for _ in range(arguments.epochs):
        for images, labels in loader:
            optimizer.zero_grad()
            torch.nn.functional.cross_entropy(model(images), labels).backward()
            optimizer.step()
    nsfl.commit_weights(model)
    # A loss or an accuracy of this client's records would leave without noise: what is told is the cost alone.
    nsfl.commit_metrics({"sample_num": len(y), "spend_time": int(time.time() - start)})


if __name__ == "__main__":
    main()
