"""Momentum for torch, as `torch.optim.SGD` has it."""


def advance(state, direction, momentum):
    """v <- momentum * v + direction, v being kept in a weight's `state`; the first v is the first direction."""
    if "velocity" not in state:
        state["velocity"] = direction.clone()
    else:
        state["velocity"].mul_(momentum).add_(direction)
    return state["velocity"]
