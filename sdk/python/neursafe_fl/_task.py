"""The task's workspace: datasets, and the channel of the server's extenders."""

import json
import os
from pathlib import Path

class TaskError(RuntimeError):
    """The script asked for something that its task does not have."""


def workspace() -> Path:
    """Directory of the running task."""
    path = os.environ.get("TASK_WORKSPACE")
    if not path:
        raise TaskError(
            "TASK_WORKSPACE is not set: this function works only in a script that a federated task runs. "
            "To try the script alone, set TASK_WORKSPACE to a directory with an init_weights file."
        )
    return Path(path)


def is_chief() -> bool:
    """Whether this worker speaks for the task (worker 0 of several, or the only one)."""
    return os.environ.get("WORKER_INDEX", "0") == "0"


def get_seed():
    """Seed of this (round, client), 0..2**32-1, or None where the job has none."""
    seed = os.environ.get("NSFL_SEED")
    return int(seed) if seed else None


def get_dataset_path(name):
    """Path of the dataset of that name at this client. KeyError: the client does not have it."""
    index = os.environ.get("DATASETS")
    datasets = {}
    if index:
        with open(index, encoding="utf-8") as file:
            datasets = json.load(file)
    if name not in datasets:
        known = ", ".join(sorted(datasets)) or "none"
        raise KeyError(f"dataset {name!r} is not in this client's datasets.json (known: {known})")
    entry = datasets[name]
    return entry["path"] if isinstance(entry, dict) else entry


def get_parameter(key):
    """One parameter that the job's broadcast extender sent, or None."""
    return get_parameters().get(key)


def get_parameters():
    """All parameters that the job's broadcast extender sent; empty if none."""
    return _read_json(workspace() / "prepared_param.json")


def put_parameter(key, value):
    """Add one parameter for the job's aggregate extender."""
    parameters = _read_json(workspace() / "result_param.json")
    parameters[key] = plain(value)
    write_json(workspace() / "result_param.json", parameters)


def put_parameters(parameters):
    """Replace all parameters for the job's aggregate extender."""
    write_json(workspace() / "result_param.json", {key: plain(value) for key, value in parameters.items()})


def get_file(filename, dserialize_func=None, **kwargs):
    """A file that the job's broadcast extender sent: its bytes, or `dserialize_func(path, **kwargs)`."""
    path = _inside(workspace() / "prepared", filename)
    if dserialize_func is not None:
        return dserialize_func(str(path), **kwargs)
    return path.read_bytes()


def put_file(filename, content, serialize_func=None, **kwargs):
    """Write a file for the job's aggregate extender: bytes, or `serialize_func(file, content, **kwargs)` on the open file."""
    path = _inside(workspace() / "result", filename)
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "wb") as file:
        if serialize_func is not None:
            serialize_func(file, content, **kwargs)
        else:
            file.write(content)


def _inside(directory, filename):
    path = (directory / filename).resolve()
    if directory.resolve() not in path.parents:
        raise TaskError(f"file name {filename!r} leads out of {directory.name}/")
    return path


def plain(value):
    """A number of numpy, TensorFlow or torch as Python's own."""
    if isinstance(value, (int, float)):
        return value
    if not hasattr(value, "item") and hasattr(value, "numpy"):
        # TensorFlow's own.
        value = value.numpy()
    return value.item() if hasattr(value, "item") else value


def _read_json(path):
    if not path.exists():
        return {}
    with open(path, encoding="utf-8") as file:
        return json.load(file)


def write_json(path, content):
    partial = path.with_suffix(path.suffix + ".part")
    with open(partial, "w", encoding="utf-8") as file:
        json.dump(content, file)
    os.replace(partial, path)
