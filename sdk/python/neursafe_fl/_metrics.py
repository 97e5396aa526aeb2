"""What a script measured, as `metrics.json`."""

import numbers
import warnings

from neursafe_fl import _steps, private
from neursafe_fl._task import is_chief, plain, workspace, write_json

_METRIC_TYPES = {
    "sample_num": numbers.Integral,
    "spend_time": numbers.Integral,
    "loss": numbers.Real,
    "accuracy": numbers.Real,
    "precision": numbers.Real,
    "recall_rate": numbers.Real,
    "local_steps": numbers.Integral,
    "loss_before": numbers.Real,
    "dp_epsilon": numbers.Real,
    "dp_delta": numbers.Real,
}


def commit_metrics(metrics):
    """Write the task's metrics, replacing earlier ones; only the chief worker's count.

    `sample_num` (int) is the weight of this client's update, 1 if missing. `loss` and `accuracy` are merged over the clients.
    `local_steps` (int) is what FedNova weighs by; it is added where the steps were counted (see `count_local_steps`).
    `loss_before` (float) is the loss over this client's data at the round's model, before the first step: what q-FedAvg weighs by.
    `dp_epsilon` and `dp_delta` (float) are added where the training was private (see `dp_sgd`).
    Other keys and types are written too, with a warning.
    """
    if not is_chief():
        return
    written = {}
    for key, value in metrics.items():
        value = plain(value)
        wanted = _METRIC_TYPES.get(key)
        if wanted is None:
            warnings.warn(f"metric {key!r} is not one of {', '.join(_METRIC_TYPES)}", stacklevel=2)
        elif isinstance(value, bool) or not isinstance(value, wanted):
            warnings.warn(f"metric {key!r} should be {wanted.__name__}, not {value!r}", stacklevel=2)
        written[key] = value
    steps = _steps.local_steps()
    if steps is not None:
        written.setdefault("local_steps", steps)
    spent = private.spent()
    if spent is not None:
        # What was counted, not what the script says of itself.
        written["dp_epsilon"], written["dp_delta"] = spent
    write_json(workspace() / "metrics.json", written)
