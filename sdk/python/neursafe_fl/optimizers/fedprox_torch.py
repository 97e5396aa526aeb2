"""FedProx for torch."""

import torch

from neursafe_fl.optimizers import control, velocity_torch


class FedProx(torch.optim.Optimizer):
    """w <- w - learning_rate * v with v <- momentum * v + gradient + mu * (w - w_global), w_global being the weights at construction.

    mu = 0 is SGD, momentum = 0 the paper's.
    """

    def __init__(self, params, learning_rate=0.01, mu=0.6, momentum=0.0):
        if learning_rate <= 0:
            raise ValueError(f"learning_rate must be positive, not {learning_rate}")
        if mu < 0:
            raise ValueError(f"mu must not be negative, not {mu}")
        super().__init__(params, {"lr": learning_rate, "mu": mu, "momentum": control.momentum_of(momentum)})
        self.local_steps = 0
        for group in self.param_groups:
            for parameter in group["params"]:
                self.state[parameter]["anchor"] = parameter.detach().clone()

    @torch.no_grad()
    def step(self, closure=None):
        loss = None
        if closure is not None:
            with torch.enable_grad():
                loss = closure()
        for group in self.param_groups:
            for parameter in group["params"]:
                if parameter.grad is None:
                    continue
                direction = parameter.grad
                if group["mu"] != 0:
                    direction = direction + group["mu"] * (parameter - self.state[parameter]["anchor"])
                if group["momentum"] != 0:
                    direction = velocity_torch.advance(self.state[parameter], direction, group["momentum"])
                parameter.add_(direction, alpha=-group["lr"])
        self.local_steps += 1
        return loss
