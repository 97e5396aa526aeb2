"""FedProx for torch."""

import torch


class FedProx(torch.optim.Optimizer):
    """w <- w - learning_rate * (gradient + mu * (w - w_global)), w_global being the weights at construction; mu = 0 is plain SGD."""

    def __init__(self, params, learning_rate=0.01, mu=0.6):
        if learning_rate <= 0:
            raise ValueError(f"learning_rate must be positive, not {learning_rate}")
        if mu < 0:
            raise ValueError(f"mu must not be negative, not {mu}")
        super().__init__(params, {"lr": learning_rate, "mu": mu})
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
                parameter.add_(direction, alpha=-group["lr"])
        self.local_steps += 1
        return loss
