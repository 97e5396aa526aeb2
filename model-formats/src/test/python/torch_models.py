"""Makes PyTorch state dicts for the tests of io.nsfl.modelformats, and checks copies of them that Java wrote.

    python torch_models.py make  <directory>   writes <name>.pth and <name>.pth.safetensors with the same names
    python torch_models.py check <directory>   loads copy/<name>.pth and compares with copy/<name>.pth.safetensors

The files under src/test/resources/models were made by "make".
"""
import pathlib
import sys
from collections import OrderedDict

import torch
from safetensors.torch import load_file, save_file


class Net(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.features = torch.nn.Sequential(torch.nn.Conv2d(1, 2, 3), torch.nn.BatchNorm2d(2), torch.nn.ReLU())
        self.first = torch.nn.Linear(72, 3)
        self.last = torch.nn.Linear(72, 3, bias=False)
        self.last.weight = self.first.weight

    def forward(self, x):
        y = self.features(x).flatten(1)
        return self.first(y) + self.last(y)


def network():
    torch.manual_seed(5)
    net = Net()
    net(torch.randn(4, 1, 8, 8))
    return net.state_dict()


def mixed():
    torch.manual_seed(6)
    return {
        "half": torch.randn(3).half(),
        "brain": torch.randn(3).bfloat16(),
        "double": torch.randn(2, 2).double(),
        "scalar": torch.tensor(2.5),
        "turned": torch.randn(2, 3).t(),
        "sliced": torch.randn(4, 6)[1:3, ::2],
        "empty": torch.zeros(0, 3),
        "long": torch.arange(5),
        "int": torch.arange(4, dtype=torch.int32),
        "short": torch.tensor([-3, 4], dtype=torch.int16),
        "char": torch.tensor([-1, 1], dtype=torch.int8),
        "byte": torch.tensor([1, 255], dtype=torch.uint8),
        "wide": torch.tensor([1, 2, 3], dtype=torch.uint16),
        "truth": torch.tensor([True, False, True]),
        "parameter": torch.nn.Parameter(torch.randn(2)),
        "channels_last": torch.randn(2, 3, 4, 5).to(memory_format=torch.channels_last),
    }


def checkpoint():
    torch.manual_seed(7)
    return {"epoch": 3, "loss": 0.5, "name": "x", "state_dict": OrderedDict(torch.nn.Linear(3, 2).state_dict()), "list": [torch.ones(2)]}


MODELS = {"network": network, "mixed": mixed, "checkpoint": checkpoint}


def flat(value, prefix=""):
    if isinstance(value, torch.Tensor):
        return {prefix: value.detach().clone(memory_format=torch.contiguous_format)}
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, (list, tuple)) else ()
    found = {}
    for key, item in items:
        found |= flat(item, f"{prefix}.{key}" if prefix else str(key))
    return found


def make(directory):
    directory.mkdir(parents=True, exist_ok=True)
    for name, build in MODELS.items():
        model = build()
        torch.save(model, directory / f"{name}.pth")
        save_file(flat(model), str(directory / f"{name}.pth.safetensors"))


def check(directory):
    for name in MODELS:
        expected = load_file(str(directory / "copy" / f"{name}.pth.safetensors"))
        for mapped in (False, True):
            actual = torch.load(directory / "copy" / f"{name}.pth", weights_only=True, mmap=mapped)
            flattened = flat(actual)
            assert flattened.keys() == expected.keys(), name
            for key, tensor in expected.items():
                assert flattened[key].dtype == tensor.dtype and torch.equal(flattened[key], tensor), f"{name}: {key} differs"
        if name == "network":
            net = Net()
            net.load_state_dict(actual)
            same = Net()
            same.load_state_dict(expected)
            x = torch.randn(4, 1, 8, 8)
            assert torch.equal(net.eval()(x), same.eval()(x)), "predictions differ"
    print("checked")


if __name__ == "__main__":
    (make if sys.argv[1] == "make" else check)(pathlib.Path(sys.argv[2]))
