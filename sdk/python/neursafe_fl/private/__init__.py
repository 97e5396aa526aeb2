"""DP-SGD: training that tells little of any single record (Abadi et al., "Deep Learning with Differential Privacy", CCS 2016).

Every step clips the gradient of each record to a norm and adds Gaussian noise to their sum; what the steps of this task cost goes into
the metrics `dp_epsilon` and `dp_delta`.
"""

import os

from neursafe_fl import _task
from neursafe_fl.private import accountant

_training = {}


def dp_sgd(model, optimizer, data, *, noise_multiplier, max_grad_norm, delta=1e-5, rounds=1, batch_size=None):
    """Make this task's training differentially private, record by record. Returns (model, optimizer, data) to train with.

    Call it after `load_weights`, once. torch: `data` is a DataLoader over a dataset with a length; needs the package opacus. Keras 3 on
    TensorFlow: the model is compiled, `optimizer` is its own, `data` is (x, y) with a `batch_size`; train by `model.fit(data)` with what is
    returned. Each step takes every record with probability 1 / (steps an epoch), so batches differ in size; the loss must be a mean over the
    batch. `commit_weights` takes the model as given or as returned.

    noise_multiplier: standard deviation of the noise over `max_grad_norm`. max_grad_norm: the norm that a record's gradient is clipped to.
    delta: well below one over the number of records. rounds: in how many rounds of the job this client trains like this at most; `dp_epsilon`
    is for all of them together.

    Seeds of the script and of the job do not decide the noise nor the batches: both come from the operating system. TaskError: the model
    mixes records (batch normalisation), the package is missing, several workers, or an optimizer of scaffold.
    """
    for name, value in (("noise_multiplier", noise_multiplier), ("max_grad_norm", max_grad_norm)):
        if not value > 0:
            raise ValueError(f"{name} must be positive, not {value}")
    if not 0 < delta < 1:
        raise ValueError(f"delta must be between 0 and 1, not {delta}")
    if int(rounds) != rounds or rounds < 1:
        raise ValueError(f"rounds must be a whole number from 1, not {rounds}")
    if str(_task.workspace()) in _training:
        raise _task.TaskError("dp_sgd was called before in this task: its account is for one training")
    if int(os.environ.get("WORLD_SIZE") or 1) > 1 or os.environ.get("TF_CONFIG"):
        raise _task.TaskError("dp_sgd is for one worker: several would have to share noise and account")
    if hasattr(optimizer, "keep_gradient"):
        raise _task.TaskError("dp_sgd does not combine with scaffold: its control variates are gradients without noise")
    if hasattr(model, "state_dict"):
        from neursafe_fl.private import sgd_torch as framework
    else:
        from neursafe_fl.private import sgd_keras as framework
    made, releases = framework.private(model, optimizer, data, float(noise_multiplier), float(max_grad_norm), batch_size)
    _training[str(_task.workspace())] = (releases, float(delta), int(rounds))
    return made


def spent():
    """(epsilon, delta) of this task's training so far, in all its rounds; None where it is not private, or promises nothing."""
    releases, delta, rounds = _training.get(str(_task.workspace()), (None, None, None))
    if releases is None:
        return None
    epsilon = accountant.epsilon([(q, noise, steps * rounds) for q, noise, steps in releases()], delta)
    return epsilon, delta
