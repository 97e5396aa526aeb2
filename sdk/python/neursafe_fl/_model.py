"""Weights in and out, whichever framework the model is of."""

import os

from neursafe_fl import _steps, _task
from neursafe_fl.optimizers import control


def load_weights(model):
    """Load this round's global weights into the model, in place.

    Keras models: weights are matched in the order of `get_weights()`; the model must be built. Torch modules: by name.
    """
    framework, workspace = _framework(model), _task.workspace()
    control.remember(framework.corrections(model, workspace))
    framework.load_weights(model, workspace)
    _steps.loaded(model)


def commit_weights(model, optimizer=None):
    """Write the trained weights for the federation; does nothing on workers other than the chief.

    Give the full weights: the difference to the round's global weights is taken outside the script. The model stays as it is.
    `optimizer` is the one that `create_optimizer` gave; without it the one that was last made counts.
    """
    if not _task.is_chief():
        return
    framework, workspace = _framework(model), _task.workspace()
    framework.commit_weights(model, workspace)
    optimizer = optimizer if hasattr(optimizer, "step_length") else control.created()
    if optimizer is not None:
        control.report(optimizer, lambda gradients: framework.commit_gradients(model, gradients, workspace))


def _framework(model):
    runtime = os.environ.get("TASK_RUNTIME", "").lower()
    if runtime == "pytorch" or (not runtime and _is_torch(model)):
        from neursafe_fl import _torch

        return _torch
    from neursafe_fl import _tensorflow

    return _tensorflow


def _is_torch(model):
    return any(cls.__module__.split(".")[0] == "torch" for cls in type(model).__mro__)
