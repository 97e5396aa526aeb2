"""How many local steps a script took: what FedNova weighs by and SCAFFOLD divides by. Counted, never computed from sizes."""

from neursafe_fl import _task

_counts = {}
_models = {}


def count_local_steps(optimizer):
    """Have the steps of the script's own optimizer counted from now on; reported as the metric `local_steps`.

    For torch optimizers, and for Keras optimizers of a training loop of the script's own. Optimizers of `create_optimizer` and that
    of a compiled Keras model count by themselves. Returns the optimizer.
    """
    if hasattr(optimizer, "iterations"):
        before = int(optimizer.iterations)
        count_by(lambda: int(optimizer.iterations) - before)
        return optimizer
    steps = {"taken": 0}

    def stepped(*_):
        steps["taken"] += 1

    if hasattr(optimizer, "register_step_post_hook"):
        optimizer.register_step_post_hook(stepped)
    else:
        step = optimizer.step

        def counted(*args, **kwargs):
            result = step(*args, **kwargs)
            stepped()
            return result

        optimizer.step = counted
    count_by(lambda: steps["taken"])
    return optimizer


def count_by(steps):
    """`steps()` gives the number of steps of this task so far; the last one given counts."""
    _counts[str(_task.workspace())] = steps


def loaded(model):
    """The model that this task's script loads the round's weights into."""
    _models[str(_task.workspace())] = model


def local_steps():
    """Steps of this task so far, or None where nobody counted."""
    workspace = str(_task.workspace())
    if workspace in _counts:
        return int(_counts[workspace]())
    # A compiled Keras model's optimizer counts from its making, and the script is as old as its task.
    iterations = getattr(getattr(_models.get(workspace), "optimizer", None), "iterations", None)
    return int(iterations) if iterations is not None and int(iterations) > 0 else None
