"""Optimizers that a job can ask for by name (`optimizer: {"name": …, "params": {…}}`)."""

import os
import warnings

from neursafe_fl import _steps
from neursafe_fl._task import TaskError
from neursafe_fl.optimizers import control


def create_optimizer(**kwargs):
    """The optimizer that the job names, made with the job's parameters, which `kwargs` override; None if it names none.

    fedprox (Li et al., "Federated Optimization in Heterogeneous Networks", 2020): SGD on the local loss plus
    mu/2 * |w - w_global|^2. Keywords: learning_rate (0.01), mu (0.6), momentum (0), origin_trainable_weights: the global weights,
    for Keras the model's `trainable_variables`, for torch its `parameters()`, taken right after `load_weights`.

    scaffold (Karimireddy et al., "SCAFFOLD", 2020): SGD corrected by the control variates of server and client. Keywords:
    params: the weights to train, for Keras the model's `trainable_variables`, for torch its `parameters()`, after `load_weights`
    (missing: None, with a warning); learning_rate (0.01); momentum (0); option (2): how the new control variate is made, see the
    optimizer's `keep_gradient` for 1. batch_size and sample_num are taken and not used: steps are counted.
    """
    name = os.environ.get("OPTIMIZER_NAME", "").lower()
    parameters = {**_job_parameters(os.environ.get("OPTIMIZER_PARAMS", "")), **kwargs}
    if name not in ("", "fedprox", "scaffold"):
        raise TaskError(f"the job asks for optimizer {name!r}, which this SDK does not have (known: fedprox, scaffold)")
    if not name:
        warnings.warn("the job names no optimizer: create_optimizer() returns None", stacklevel=2)
        return None
    optimizer = _fedprox(**parameters) if name == "fedprox" else _scaffold(**parameters)
    if optimizer is not None:
        control.created(optimizer)
        _steps.count_by(lambda: optimizer.local_steps)
    return optimizer


def _fedprox(origin_trainable_weights=None, learning_rate=0.01, mu=0.6, momentum=0.0, **_):
    if origin_trainable_weights is None:
        raise TypeError(
            "fedprox needs origin_trainable_weights, taken right after load_weights(model): model.trainable_variables of Keras, "
            "model.parameters() of torch"
        )
    if _torch_task():
        from neursafe_fl.optimizers.fedprox_torch import FedProx
    else:
        from neursafe_fl.optimizers.fedprox_keras import FedProx
    return FedProx(origin_trainable_weights, learning_rate=learning_rate, mu=mu, momentum=momentum)


def _scaffold(params=None, learning_rate=0.01, option=2, momentum=0.0, batch_size=32, sample_num=None, **unknown):
    if params is None:
        warnings.warn(
            "scaffold needs params: model.trainable_variables of Keras, model.parameters() of torch; create_optimizer() returns None",
            stacklevel=3,
        )
        return None
    bending = sorted({"nesterov", "weight_decay", "betas"} & set(unknown))
    if bending:
        raise TypeError(f"scaffold steps by SGD: {bending[0]} would bend the path that its control variates are read off")
    if _torch_task():
        from neursafe_fl.optimizers.scaffold_torch import Scaffold
    else:
        from neursafe_fl.optimizers.scaffold_keras import Scaffold
    return Scaffold(params, learning_rate=learning_rate, option=option, momentum=momentum)


def _torch_task():
    return os.environ.get("TASK_RUNTIME", "").lower() == "pytorch"


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
