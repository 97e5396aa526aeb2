"""Weights in and out, whichever framework the model is of."""

import os

from neursafe_fl import _task


def load_weights(model):
    """Load this round's global weights into the model, in place.

    Keras models: weights are matched in the order of `get_weights()`; the model must be built. Torch modules: by name.
    """
    _framework(model).load_weights(model, _task.workspace())


def commit_weights(model, optimizer=None):
    """Write the trained weights for the federation; does nothing on workers other than the chief.

    Give the full weights: the difference to the round's global weights is taken outside the script.
    `optimizer` is accepted for scripts that pass one; optimizers without state of their own need nothing done.
    """
    if not _task.is_chief():
        return
    _framework(model).commit_weights(model, _task.workspace())
    if optimizer is not None and hasattr(optimizer, "committed"):
        optimizer.committed(model)


def _framework(model):
    runtime = os.environ.get("TASK_RUNTIME", "").lower()
    if runtime == "pytorch" or (not runtime and _is_torch(model)):
        from neursafe_fl import _torch

        return _torch
    from neursafe_fl import _tensorflow

    return _tensorflow


def _is_torch(model):
    return any(cls.__module__.split(".")[0] == "torch" for cls in type(model).__mro__)
