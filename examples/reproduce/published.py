"""What is reproduced: each cell of a published table, the job that runs it, and the figure in print.

Rounds to an accuracy: McMahan et al., "Communication-Efficient Learning of Deep Networks from Decentralized Data" (AISTATS 2017), tables 1 and 2,
C = 0.1 of 100 clients. The paper tunes the learning rate for each cell; here it is fixed, so that more rounds are to be expected.
Accuracy after 50 rounds: Flower's niid_bench, 10 clients, all in each round, 10 local epochs, batch 64, momentum 0.9.
"""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Cell:
    """One experiment.

    target: accuracy to reach; None = the best accuracy after `rounds` counts.
    paper: rounds to the target, or the accuracy, in print; None = the paper has none.
    rounds: after which it is given up.
    """

    name: str
    model: str
    split: str
    epochs: int
    batch_size: int
    rounds: int
    target: float | None = None
    paper: float | None = None
    learning_rate: float = 0.1
    momentum: float = 0.0
    population: int = 100
    alpha: float = 0.5
    job: dict = field(default_factory=dict)


def _mcmahan():
    yield Cell("2nn-iid-e1-b10", "2nn", "iid", 1, 10, 130, 0.97, 87)
    yield Cell("2nn-shards-e1-b10", "2nn", "shards", 1, 10, 1000, 0.97, 664, learning_rate=0.05)
    yield Cell("2nn-iid-e1-full", "2nn", "iid", 1, 0, 3000, 0.97, 1474, learning_rate=0.3)
    yield Cell("2nn-shards-e1-full", "2nn", "shards", 1, 0, 4000, 0.97, 1796, learning_rate=0.3)
    # 0.1 takes half as long again where samples are spread evenly; 0.3 does not learn.
    for split, rate, margin, rounds in (
        ("iid", 0.2, 1.75, {"1-50": 65, "20-0": 234, "1-10": 34, "5-50": 29, "20-50": 32, "5-10": 20, "20-10": 18, "5-0": 179}),
        ("shards", 0.1, 1.55, {"1-50": 600, "20-0": 672, "1-10": 350, "5-50": 334, "20-50": 426, "5-10": 229, "20-10": 173, "5-0": 1000}),
    ):
        for cell, paper in rounds.items():
            epochs, batch = (int(part) for part in cell.split("-"))
            name = f"cnn-{split}-e{epochs}-b{batch or 'full'}"
            yield Cell(name, "cnn", split, epochs, batch, round(margin * paper), 0.99, paper, learning_rate=rate)


def _skewed():
    momentum = 0.9
    methods = {
        "fedavg": ({}, 98.89),
        "fedprox": ({"optimizer": {"name": "fedprox", "params": {"mu": 0.01, "momentum": momentum}}}, 99.02),
        "scaffold": ({"optimizer": {"name": "scaffold", "params": {"population": 10, "momentum": momentum}}}, 99.07),
        "fednova": ({"aggregation": {"name": "fednova", "params": {"momentum": momentum}}}, 98.03),
    }
    for method, (job, paper) in methods.items():
        yield Cell(
            f"dirichlet-{method}", "lenet", "dirichlet", 10, 64, 50, None, paper / 100, 0.01, momentum, population=10, job=job
        )


CELLS = {cell.name: cell for cell in [*_mcmahan(), *_skewed()]}
