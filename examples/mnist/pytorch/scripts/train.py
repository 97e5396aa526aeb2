import time

import neursafe_fl as nsfl
import torch

import network
import partition


def main():
    arguments = partition.arguments()
    torch.set_num_threads(1)
    if nsfl.get_seed() is not None:
        torch.manual_seed(nsfl.get_seed())
    x, y = network.images("train", arguments.split, arguments.shards_per_client)
    model = network.model()
    nsfl.load_weights(model)
    optimizer = torch.optim.Adam(model.parameters(), lr=arguments.learning_rate)
    start = time.time()
    loss_sum = correct = seen = 0
    for _ in range(arguments.epochs):
        for batch in torch.randperm(len(y)).split(arguments.batch_size):
            optimizer.zero_grad()
            scores = model(x[batch])
            loss = torch.nn.functional.cross_entropy(scores, y[batch])
            loss.backward()
            optimizer.step()
            loss_sum += loss.item() * len(batch)
            correct += (scores.argmax(1) == y[batch]).sum().item()
            seen += len(batch)
    nsfl.commit_weights(model)
    nsfl.commit_metrics(
        {
            "sample_num": len(y),
            "spend_time": int(time.time() - start),
            "loss": loss_sum / seen,
            "accuracy": correct / seen,
        }
    )


if __name__ == "__main__":
    main()
