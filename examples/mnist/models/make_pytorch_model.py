"""Writes pytorch/model/init_model.pth: the start of every run of that example."""

import pathlib
import sys

import torch


def main():
    torch.manual_seed(2022)
    model = torch.nn.Sequential(
        torch.nn.Flatten(),
        torch.nn.Linear(784, 200),
        torch.nn.ReLU(),
        torch.nn.Linear(200, 200),
        torch.nn.ReLU(),
        torch.nn.Linear(200, 10),
    )
    default = pathlib.Path(__file__).parents[1] / "pytorch/model/init_model.pth"
    torch.save(model.state_dict(), sys.argv[1] if len(sys.argv) > 1 else default)


if __name__ == "__main__":
    main()
