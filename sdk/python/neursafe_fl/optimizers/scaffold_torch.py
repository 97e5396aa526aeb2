"""SCAFFOLD for torch."""

import math

import torch

from neursafe_fl._task import TaskError
from neursafe_fl.optimizers import control, velocity_torch


class Scaffold(torch.optim.Optimizer):
    """w <- w - learning_rate * v with v <- momentum * v + gradient + c - c_i: SGD with the round's correction.

    Karimireddy et al., "SCAFFOLD: Stochastic Controlled Averaging for Federated Learning", ICML 2020, where momentum is 0. The new
    control variate is read off the path of the steps: (w_start - w_end) / step_length is the mean of what was stepped by, with momentum
    too, where a step's weight is how far it was carried (as in Wang et al., "FedNova", 2020). Weight decay would bend the path.
    """

    def __init__(self, params, learning_rate=0.01, option=2, momentum=0.0):
        if learning_rate <= 0:
            raise ValueError(f"learning_rate must be positive, not {learning_rate}")
        super().__init__(params, {"lr": learning_rate})
        self.option = control.option_of(option)
        self.momentum = control.momentum_of(momentum)
        self.kept_gradient = None
        self._reach = 0.0
        self._lengths = []
        for parameter, correction in zip(self._parameters(), control.of(self._parameters())):
            self.state[parameter]["correction"] = correction.to(parameter.device, parameter.dtype)

    @property
    def local_steps(self):
        """Steps taken so far."""
        return len(self._lengths)

    @property
    def step_length(self):
        """How far the steps carry a gradient of 1: the sum of their learning rates, with momentum of rate * (1 + momentum + ...)."""
        same = len(set(self._lengths)) == 1
        return len(self._lengths) * self._lengths[0] if same else math.fsum(self._lengths)

    def keep_gradient(self):
        """For option 1: the present gradients are those of the mean loss over all of the client's data at the round's model."""
        if self._lengths:
            raise TaskError("keep_gradient must be called before the first step: it is the gradient at the round's model")
        self.kept_gradient = [
            (parameter, torch.zeros_like(parameter) if parameter.grad is None else parameter.grad.detach().clone())
            for parameter in self._parameters()
        ]

    @torch.no_grad()
    def step(self, closure=None):
        loss = None
        if closure is not None:
            with torch.enable_grad():
                loss = closure()
        rates = {group["lr"] for group in self.param_groups}
        if len(rates) != 1:
            raise TaskError(f"scaffold needs one learning rate for all weights, not {sorted(rates)}")
        rate = float(rates.pop())
        for parameter in self._parameters():
            if not parameter.requires_grad:
                continue
            correction = self.state[parameter]["correction"]
            # A weight that this loss does not depend on has the gradient 0, and is corrected all the same.
            direction = correction if parameter.grad is None else parameter.grad + correction
            if self.momentum != 0:
                direction = velocity_torch.advance(self.state[parameter], direction, self.momentum)
            parameter.add_(direction, alpha=-rate)
        self._reach = self.momentum * self._reach + 1
        self._lengths.append(rate * self._reach)
        return loss

    def _parameters(self):
        return [parameter for group in self.param_groups for parameter in group["params"]]
