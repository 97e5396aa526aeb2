"""FedProx for torch."""

import torch


def create(origin_trainable_weights=None, learning_rate=0.01, mu=0.6, **_):
    if origin_trainable_weights is None:
        raise TypeError("fedprox needs origin_trainable_weights=model.parameters(), taken right after load_weights(model)")
    return FedProx(origin_trainable_weights, learning_rate, mu)


class FedProx(torch.optim.Optimizer):
    """w <- w - learning_rate * (gradient + mu * (w - w_global)), w_global being the weights at construction."""

    def __init__(self, params, learning_rate=0.01, mu=0.6):
        if learning_rate <= 0:
            raise ValueError(f"learning_rate must be positive, not {learning_rate}")
        if mu < 0:
            raise ValueError(f"mu must not be negative, not {mu}")
        super().__init__(params, {"lr": learning_rate, "mu": mu})
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
                drift = parameter - self.state[parameter]["anchor"]
                parameter.add_(parameter.grad + group["mu"] * drift, alpha=-group["lr"])
        return loss
