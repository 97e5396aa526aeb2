import json
from pathlib import Path

import pytest


@pytest.fixture
def task(tmp_path, monkeypatch):
    """A task's workspace as the executor lays it out, with a client that has one dataset."""
    workspace = tmp_path / "task"
    workspace.mkdir()
    datasets = tmp_path / "datasets.json"
    datasets.write_text(json.dumps({"mnist": "/data/mnist", "big": {"path": "/data/big", "samples": 9}}))
    monkeypatch.setenv("TASK_WORKSPACE", str(workspace))
    monkeypatch.setenv("DATASETS", str(datasets))
    for name in ("WORKER_INDEX", "OPTIMIZER_NAME", "OPTIMIZER_PARAMS", "NSFL_SEED", "TASK_RUNTIME"):
        monkeypatch.delenv(name, raising=False)
    return workspace


@pytest.fixture(scope="session")
def vectors():
    """Published numbers: one round of SCAFFOLD and three steps of FedProx on a quadratic loss."""
    return json.loads((Path(__file__).parent / "vectors.json").read_text())
