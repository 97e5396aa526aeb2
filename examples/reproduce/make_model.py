"""Writes an initial model: make_model.py 2nn|cnn FILE.pth"""

import pathlib
import sys

import torch

sys.path.insert(0, str(pathlib.Path(__file__).parent / "scripts"))
import networks  # noqa: E402

torch.manual_seed(1)
torch.save(networks.make(sys.argv[1]).state_dict(), sys.argv[2])
