"""Optimizers that a job can ask for by name (`optimizer: {"name": …, "params": {…}}`)."""

import os
import warnings

from neursafe_fl._task import TaskError


def create_optimizer(**kwargs):
    """The optimizer that the job names, made with the job's parameters, which `kwargs` override; None if it names none.

    fedprox (Li et al., "Federated Optimization in Heterogeneous Networks", 2020): SGD on the local loss plus
    mu/2 * |w - w_global|^2. Keywords: learning_rate (0.01), mu (0.6), origin_trainable_weights: the global weights,
    for Keras the model's `trainable_variables`, for torch its `parameters()`, taken right after `load_weights`.
    """
    name = os.environ.get("OPTIMIZER_NAME", "").lower()
    parameters = {**_job_parameters(os.environ.get("OPTIMIZER_PARAMS", "")), **kwargs}
    if name == "fedprox":
        if os.environ.get("TASK_RUNTIME", "").lower() == "pytorch":
            from neursafe_fl.optimizers import fedprox_torch as fedprox
        else:
            from neursafe_fl.optimizers import fedprox_keras as fedprox
        return fedprox.create(**parameters)
    if name:
        raise TaskError(f"the job asks for optimizer {name!r}, which this SDK does not have (known: fedprox)")
    warnings.warn("the job names no optimizer: create_optimizer() returns None", stacklevel=2)
    return None


def _job_parameters(text):
    """`k::v,k::v` with numbers where they are numbers."""
    parameters = {}
    for pair in filter(None, text.split(",")):
        key, _, value = pair.partition("::")
        parameters[key] = _number(value)
    return parameters


def _number(value):
    for kind in (int, float):
        try:
            return kind(value)
        except ValueError:
            continue
    return value
