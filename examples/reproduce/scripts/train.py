import os

import neursafe_fl as nsfl
import torch

import networks
import population


def main():
    arguments = population.arguments()
    torch.set_num_threads(1)
    torch.manual_seed(nsfl.get_seed())
    client = population.drawn_client(arguments.population)
    images, labels = population.samples("train", lambda labels: population.share(labels, client, arguments))
    x, y = torch.from_numpy(images), torch.from_numpy(labels)
    model = networks.make(arguments.model)
    nsfl.load_weights(model)
    optimizer = make_optimizer(model, arguments)
    batch_size = arguments.batch_size or len(y)
    loss_sum = steps = seen = 0
    for _ in range(arguments.epochs):
        for batch in torch.randperm(len(y)).split(batch_size):
            optimizer.zero_grad()
            loss = torch.nn.functional.cross_entropy(model(x[batch]), y[batch])
            loss.backward()
            optimizer.step()
            loss_sum += loss.item() * len(batch)
            seen += len(batch)
            steps += 1
    nsfl.commit_weights(model, optimizer)
    nsfl.commit_metrics({"sample_num": len(y), "loss": loss_sum / seen, "local_steps": steps})


def make_optimizer(model, arguments):
    """What the job names (fedprox, scaffold), else plain SGD."""
    if not os.environ.get("OPTIMIZER_NAME"):
        return torch.optim.SGD(model.parameters(), lr=arguments.learning_rate, momentum=arguments.momentum)
    return nsfl.create_optimizer(
        params=list(model.parameters()),
        origin_trainable_weights=model.parameters(),
        learning_rate=arguments.learning_rate,
    )


if __name__ == "__main__":
    main()
