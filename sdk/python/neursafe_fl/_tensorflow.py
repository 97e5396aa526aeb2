"""Keras models, Keras 2 and 3."""

import warnings

from neursafe_fl._task import TaskError

_OUTPUT = "trained_model.h5"


def load_weights(model, workspace):
    path = workspace / "init_weights.h5"
    if not path.exists():
        raise TaskError(f"{path.name} is not in the task's workspace: a tensorflow job needs a Keras .h5 model")
    if not model.built:
        raise TaskError("the model is not built yet: give its first layer an input shape, or call it once, before load_weights")
    model.load_weights(str(path))


def commit_weights(model, workspace):
    with warnings.catch_warnings():
        # HDF5 is the federation's file for Keras models, whatever Keras prefers for itself.
        warnings.simplefilter("ignore")
        model.save(str(workspace / _OUTPUT), include_optimizer=False)
