"""SCAFFOLD beside federated averaging on label-skewed MNIST, and beside the paper's figures.

Clients take turns in this process, with the optimizer and the functions that scripts of a job use; what server and executor add is the
arithmetic of `round`. One line for each number of epochs: rounds until the test accuracy is reached.

    python compare.py --data DIRECTORY_OF_MNIST [--epochs 1 5 10 20]
"""

import argparse
import json
import os
import sys
import tempfile
import warnings
from pathlib import Path

import torch

_HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(_HERE / "scripts"), str(_HERE.parents[1] / "sdk" / "python")]

import network  # noqa: E402
import neursafe_fl as nsfl  # noqa: E402

# Karimireddy et al., "SCAFFOLD", ICML 2020, Table 3: rounds to 0.5 on EMNIST, 100 clients, 20 % of them a round, 0 % similarity.
_PAPER = {1: (258, 77), 5: (428, 152), 10: (711, 286), 20: (1000, 266)}


def train(task, weights, correction, x, y, arguments, epochs):
    """One client's task. Returns its weights and how far it stepped."""
    os.environ["TASK_WORKSPACE"] = str(task)
    torch.save(weights, task / "init_weights.pth")
    torch.save(correction, task / "control_correction.pth")
    model = network.model()
    nsfl.load_weights(model)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        optimizer = nsfl.create_optimizer(params=model.parameters(), learning_rate=arguments.learning_rate)
    optimizer = optimizer or torch.optim.SGD(model.parameters(), lr=arguments.learning_rate)
    network.steps(model, optimizer, x, y, epochs, arguments.batches)
    nsfl.commit_weights(model, optimizer)
    trained = torch.load(task / "trained_weights.pth", weights_only=True)
    report = task / "control.json"
    return trained, json.loads(report.read_text())["step_length"] if report.exists() else None


def rounds_to(target, name, data, test, arguments, epochs):
    """Rounds until the mean accuracy of the last three reaches the target, and the best accuracy; None if it never does."""
    os.environ.update(TASK_RUNTIME="pytorch", OPTIMIZER_NAME=name)
    random = torch.Generator().manual_seed(arguments.seed)
    torch.manual_seed(arguments.seed)
    model = network.model()
    x = {key: torch.zeros_like(value) for key, value in model.state_dict().items()}
    zeros = {key: torch.zeros_like(value) for key, value in x.items()}
    c, own = zeros, [zeros] * len(data)
    history = []
    with tempfile.TemporaryDirectory() as directory:
        for number in range(1, arguments.rounds + 1):
            chosen = torch.randperm(len(data), generator=random)[: arguments.chosen].tolist()
            moves, deltas = [], []
            for client in chosen:
                task = Path(directory) / f"{number}-{client}"
                task.mkdir()
                correction = {key: c[key] - own[client][key] for key in x}
                trained, length = train(task, x, correction, *data[client], arguments, epochs)
                moves.append({key: trained[key] - x[key] for key in x})
                if name == "scaffold":
                    delta = {key: (x[key] - trained[key]) / length - c[key] for key in x}
                    own[client] = {key: own[client][key] + delta[key] for key in x}
                    deltas.append(delta)
            x = {key: x[key] + sum(move[key] for move in moves) / len(moves) for key in x}
            if deltas:
                c = {key: c[key] + sum(delta[key] for delta in deltas) / len(data) for key in x}
            model.load_state_dict(x)
            history.append(network.accuracy(model, *test))
            if len(history) >= 3 and sum(history[-3:]) / 3 >= target:
                return number, max(history)
    return None, max(history)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", required=True, help="directory with the four raw MNIST files (./nsfl data mnist DIRECTORY)")
    parser.add_argument("--epochs", type=int, nargs="+", default=[1, 5, 10, 20])
    parser.add_argument("--batches", type=int, default=5, help="steps an epoch; the paper's 5")
    parser.add_argument("--clients", type=int, default=20)
    parser.add_argument("--chosen", type=int, default=4, help="clients a round; the paper's 20 %%")
    parser.add_argument("--rounds", type=int, default=300, help="give up after so many")
    parser.add_argument("--target", type=float, default=0.8, help="test accuracy to reach, mean of three rounds")
    parser.add_argument("--learning-rate", type=float, default=0.1)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    x, y = network.images(arguments.data, "train")
    shares = [network.share(y, index, arguments.clients) for index in range(arguments.clients)]
    data, test = [(x[mine], y[mine]) for mine in shares], network.images(arguments.data, "test")
    print(f"rounds to {arguments.target} on MNIST, {arguments.clients} clients with one or two digits, {arguments.chosen} a round")
    print("epochs   fedavg (best)   scaffold (best)   |   paper, EMNIST to 0.5: fedavg   scaffold")
    for epochs in arguments.epochs:
        cells = []
        for name in ("", "scaffold"):
            reached, best = rounds_to(arguments.target, name, data, test, arguments, epochs)
            cells.append(f"{reached or f'{arguments.rounds}+'} ({best:.3f})")
        paper = "".join(f"{figure:>11}" for figure in _PAPER.get(epochs, ("-", "-")))
        print(f"{epochs:6} {cells[0]:>15} {cells[1]:>17}   | {paper}", flush=True)


if __name__ == "__main__":
    main()
