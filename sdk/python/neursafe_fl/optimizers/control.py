"""SCAFFOLD's control variates between the executor and the script's optimizer.

The executor lays the correction `c - c_i` into the workspace as a model file; the optimizer adds it to its gradients and reports how
far it stepped. The new control variate is computed by the executor, from the weights and that report.
"""

from neursafe_fl import _task
from neursafe_fl._task import TaskError

_corrections = {}
_created = {}


def remember(corrections):
    """Keep what `load_weights` found: (weight, correction) pairs, or None."""
    if corrections is not None:
        _corrections[str(_task.workspace())] = corrections


def of(weights):
    """The corrections of these weights, in their order.

    TaskError: `load_weights` was not called before, or with another model.
    """
    known = _corrections.get(str(_task.workspace()))
    if known is None:
        raise TaskError("scaffold needs the round's control variates: call load_weights(model) before create_optimizer(params=...)")
    by_weight = {id(weight): correction for weight, correction in known}
    missing = [position for position, weight in enumerate(weights) if id(weight) not in by_weight]
    if missing:
        raise TaskError(
            f"scaffold knows nothing of the weight at position {missing[0]} of params: give those of the model that "
            "load_weights(model) was called with"
        )
    return [by_weight[id(weight)] for weight in weights]


def created(*optimizer):
    """The optimizer that `create_optimizer` last made for this task; with an argument, notes it."""
    workspace = str(_task.workspace())
    if optimizer:
        _created[workspace] = optimizer[0]
    return _created.get(workspace)


def report(optimizer, commit_gradients):
    """Write how far the optimizer stepped: K times the learning rate, or see its `step_length`."""
    if not hasattr(optimizer, "step_length"):
        return
    by_gradient = optimizer.option == 1
    if by_gradient:
        if optimizer.kept_gradient is None:
            raise TaskError(
                "scaffold's option 1 takes the gradient over all data at the round's model: call the optimizer's keep_gradient "
                "before the first step, or leave option 2"
            )
        commit_gradients(optimizer.kept_gradient)
    _task.write_json(
        _task.workspace() / "control.json",
        {"step_length": optimizer.step_length, "by_gradient": by_gradient},
    )


def option_of(value):
    """1 or 2, the paper's options for the new control variate."""
    if value not in (1, 2):
        raise ValueError(f"option must be 1 (the gradient at the round's model) or 2 (the path of the steps), not {value!r}")
    return value


def momentum_of(value):
    """From 0, none, to below 1."""
    if not 0 <= value < 1:
        raise ValueError(f"momentum must be from 0 to below 1, not {value}")
    return value
