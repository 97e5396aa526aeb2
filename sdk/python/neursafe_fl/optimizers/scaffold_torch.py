"""SCAFFOLD for torch."""

import math

import torch

from neursafe_fl._task import TaskError
from neursafe_fl.optimizers import control


class Scaffold(torch.optim.Optimizer):
    """w <- w - learning_rate * (gradient + c - c_i): plain SGD with the round's correction.

    Karimireddy et al., "SCAFFOLD: Stochastic Controlled Averaging for Federated Learning", ICML 2020. There is no momentum and no
    weight decay on purpose: the new control variate is read off the path of the steps, which both would bend.
    """

    def __init__(self, params, learning_rate=0.01, option=2):
        if learning_rate <= 0:
            raise ValueError(f"learning_rate must be positive, not {learning_rate}")
        super().__init__(params, {"lr": learning_rate})
        self.option = control.option_of(option)
        self.kept_gradient = None
        self._rates = []
        for parameter, correction in zip(self._parameters(), control.of(self._parameters())):
            self.state[parameter]["correction"] = correction.to(parameter.device, parameter.dtype)

    @property
    def local_steps(self):
        """Steps taken so far."""
        return len(self._rates)

    @property
    def step_length(self):
        """Sum of the learning rates of the steps."""
        same = len(set(self._rates)) == 1
        return len(self._rates) * self._rates[0] if same else math.fsum(self._rates)

    def keep_gradient(self):
        """For option 1: the present gradients are those of the mean loss over all of the client's data at the round's model."""
        if self._rates:
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
            parameter.add_(direction, alpha=-rate)
        self._rates.append(rate)
        return loss

    def _parameters(self):
        return [parameter for group in self.param_groups for parameter in group["params"]]
