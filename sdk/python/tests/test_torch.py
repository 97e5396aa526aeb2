import collections
import json
import struct

import pytest

torch = pytest.importorskip("torch")

import neursafe_fl as nsfl  # noqa: E402


@pytest.fixture
def torch_task(task, monkeypatch):
    monkeypatch.setenv("TASK_RUNTIME", "pytorch")
    return task


def _model():
    return torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.BatchNorm1d(4), torch.nn.Linear(4, 2))


def _same(left, right):
    assert list(left) == list(right)
    assert all(torch.equal(left[name], right[name]) for name in left)


@pytest.mark.parametrize("suffix", [".pth", ".pt"])
def test_weights_go_in_and_out(torch_task, suffix):
    source, model = _model(), _model()
    torch.save(source.state_dict(), torch_task / f"init_weights{suffix}")
    nsfl.load_weights(model)
    _same(model.state_dict(), source.state_dict())
    nsfl.commit_weights(model)
    _same(torch.load(torch_task / "trained_weights.pth", weights_only=True), source.state_dict())


def test_weights_come_from_safetensors(torch_task):
    state = collections.OrderedDict(
        w=torch.arange(6, dtype=torch.float32).reshape(2, 3), h=torch.ones(2, dtype=torch.bfloat16), n=torch.tensor(7)
    )
    names = {torch.float32: "F32", torch.bfloat16: "BF16", torch.int64: "I64"}
    header, data = {}, b""
    for name, value in state.items():
        raw = value.contiguous().view(-1).view(torch.uint8).numpy().tobytes()
        header[name] = {"dtype": names[value.dtype], "shape": list(value.shape), "data_offsets": [len(data), len(data) + len(raw)]}
        data += raw
    text = json.dumps(header).encode()
    (torch_task / "init_weights.safetensors").write_bytes(struct.pack("<Q", len(text)) + text + data)
    from neursafe_fl import _torch

    _same(_torch._initial(torch_task), state)


def test_a_pickle_that_calls_something_is_refused(torch_task):
    class Evil:
        def __reduce__(self):
            return (print, ("called",))

    torch.save({"w": Evil()}, torch_task / "init_weights.pth")
    with pytest.raises(Exception, match="[Ww]eights.?only"):
        nsfl.load_weights(_model())


def test_fedprox_follows_its_formula(torch_task, monkeypatch):
    monkeypatch.setenv("OPTIMIZER_NAME", "fedprox")
    monkeypatch.setenv("OPTIMIZER_PARAMS", "mu::0.5,learning_rate::0.1")
    weight = torch.nn.Parameter(torch.tensor([1.0, -2.0], dtype=torch.float64))
    optimizer = nsfl.create_optimizer(origin_trainable_weights=[weight])
    expected = weight.detach().clone()
    anchor = expected.clone()
    for _ in range(3):
        optimizer.zero_grad()
        (weight**2).sum().backward()
        optimizer.step()
        expected = expected - 0.1 * (2 * expected + 0.5 * (expected - anchor))
    assert torch.allclose(weight.detach(), expected, rtol=1e-12)


def test_keywords_override_the_jobs_parameters(torch_task, monkeypatch):
    monkeypatch.setenv("OPTIMIZER_NAME", "fedprox")
    monkeypatch.setenv("OPTIMIZER_PARAMS", "mu::0.5")
    optimizer = nsfl.create_optimizer(origin_trainable_weights=[torch.nn.Parameter(torch.zeros(1))], mu=0.25)
    assert optimizer.param_groups[0]["mu"] == 0.25
