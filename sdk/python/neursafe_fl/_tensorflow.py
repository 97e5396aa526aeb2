"""Keras models, Keras 2 and 3."""

import warnings

from neursafe_fl._task import TaskError

_OUTPUT = "trained_model.h5"
_GRADIENT = "control_gradient.h5"


def load_weights(model, workspace):
    path = workspace / "init_weights.h5"
    if not path.exists():
        raise TaskError(f"{path.name} is not in the task's workspace: a tensorflow job needs a Keras .h5 model")
    if not model.built:
        raise TaskError("the model is not built yet: give its first layer an input shape, or call it once, before load_weights")
    model.load_weights(str(path))


def commit_weights(model, workspace):
    _save(model, workspace / _OUTPUT)


def corrections(model, workspace):
    """What SCAFFOLD adds to the gradient of each weight, as (variable, array); None where the job is another."""
    path = workspace / "control_correction.h5"
    if not path.exists() or not model.built:
        return None
    weights = model.get_weights()
    try:
        # A file of the model's own form: Keras knows which of its values belongs to which variable.
        model.load_weights(str(path))
        return [(variable, value) for variable, value in zip(model.weights, model.get_weights())]
    finally:
        model.set_weights(weights)


def commit_gradients(model, gradients, workspace):
    """Write the gradient at the round's model in the form of its weights; `gradients` as (variable, array)."""
    by_variable = {id(variable): gradient for variable, gradient in gradients}
    weights = model.get_weights()
    try:
        model.set_weights([by_variable.get(id(variable), 0 * value) for variable, value in zip(model.weights, weights)])
        _save(model, workspace / _GRADIENT)
    finally:
        model.set_weights(weights)


def _save(model, path):
    with warnings.catch_warnings():
        # HDF5 is the federation's file for Keras models, whatever Keras prefers for itself.
        warnings.simplefilter("ignore")
        model.save(str(path), include_optimizer=False)
