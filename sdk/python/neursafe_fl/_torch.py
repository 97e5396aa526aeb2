"""Torch modules. Weights are tensors and nothing else: no pickled code is ever loaded."""

import collections
import json

import torch

from neursafe_fl._task import TaskError

_OUTPUT = "trained_weights.pth"
_GRADIENT = "control_gradient.pth"

_DTYPES = {
    "F64": torch.float64,
    "F32": torch.float32,
    "F16": torch.float16,
    "BF16": torch.bfloat16,
    "I64": torch.int64,
    "I32": torch.int32,
    "I16": torch.int16,
    "I8": torch.int8,
    "U8": torch.uint8,
    "BOOL": torch.bool,
}


def load_weights(model, workspace):
    state = _read(workspace, "init_weights")
    if state is None:
        raise TaskError(
            "no init_weights file is in the task's workspace: a pytorch job needs a .pth, .pt or .safetensors model"
        )
    _unwrapped(model).load_state_dict(state)


def commit_weights(model, workspace):
    _save(_unwrapped(model).state_dict(), workspace / _OUTPUT)


def corrections(model, workspace):
    """What SCAFFOLD adds to the gradient of each parameter, as (parameter, tensor); None where the job is another."""
    state = _read(workspace, "control_correction")
    if state is None:
        return None
    return [(parameter, state[name]) for name, parameter in _unwrapped(model).named_parameters()]


def commit_gradients(model, gradients, workspace):
    """Write the gradient at the round's model under the names of the weights; `gradients` as (parameter, tensor)."""
    by_parameter = {id(parameter): gradient for parameter, gradient in gradients}
    module = _unwrapped(model)
    state = {name: torch.zeros_like(value) for name, value in module.state_dict().items()}
    for name, parameter in module.named_parameters():
        if id(parameter) in by_parameter:
            state[name] = by_parameter[id(parameter)]
    _save(state, workspace / _GRADIENT)


def _save(state, path):
    on_cpu = collections.OrderedDict((name, value.detach().cpu().contiguous()) for name, value in state.items())
    torch.save(on_cpu, str(path))


def _read(workspace, name):
    for suffix in (".pth", ".pt"):
        path = workspace / f"{name}{suffix}"
        if path.exists():
            return torch.load(str(path), map_location="cpu", weights_only=True)
    path = workspace / f"{name}.safetensors"
    return _read_safetensors(path) if path.exists() else None


def _read_safetensors(path):
    """Header: 8 bytes of length, then JSON {name: {dtype, shape, data_offsets}}; the rest is the tensors' bytes."""
    content = bytearray(path.read_bytes())
    length = int.from_bytes(content[:8], "little")
    header = json.loads(content[8 : 8 + length])
    header.pop("__metadata__", None)
    state = collections.OrderedDict()
    for name, entry in sorted(header.items(), key=lambda item: item[1]["data_offsets"]):
        begin, end = entry["data_offsets"]
        dtype = _DTYPES[entry["dtype"]]
        if begin == end:
            tensor = torch.empty(entry["shape"], dtype=dtype)
        else:
            raw = content[8 + length + begin : 8 + length + end]
            tensor = torch.frombuffer(raw, dtype=torch.uint8).view(dtype).reshape(entry["shape"])
        state[name] = tensor
    return state


def _unwrapped(model):
    parallel = (torch.nn.DataParallel, torch.nn.parallel.DistributedDataParallel)
    if type(model).__name__ == "GradSampleModule":
        # Opacus's, which holds the module that dp_sgd was given.
        return _unwrapped(model._module)
    if type(model).__name__ == "OptimizedModule":
        # Of torch.compile, which knows the weights by longer names than the module it was given.
        return _unwrapped(model._orig_mod)
    return _unwrapped(model.module) if isinstance(model, parallel) else model
