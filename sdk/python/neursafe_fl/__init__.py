"""What training scripts of a federated job import.

All functions work on the task's workspace, the directory that the environment variable TASK_WORKSPACE names.
"""

from neursafe_fl._metrics import commit_metrics
from neursafe_fl._model import commit_weights, load_weights
from neursafe_fl._steps import count_local_steps
from neursafe_fl._task import (
    get_dataset_path,
    get_file,
    get_parameter,
    get_parameters,
    get_seed,
    put_file,
    put_parameter,
    put_parameters,
)
from neursafe_fl.optimizers import create_optimizer
from neursafe_fl.private import dp_sgd

__version__ = "0.1.0"

__all__ = [
    "commit_metrics",
    "commit_weights",
    "count_local_steps",
    "create_optimizer",
    "dp_sgd",
    "get_dataset_path",
    "get_file",
    "get_parameter",
    "get_parameters",
    "get_seed",
    "load_weights",
    "put_file",
    "put_parameter",
    "put_parameters",
]
