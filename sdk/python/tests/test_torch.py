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


def test_a_compiled_module_is_the_one_that_was_compiled(torch_task):
    source, model = _model(), _model()
    torch.save(source.state_dict(), torch_task / "init_weights.pth")
    compiled = torch.compile(model)
    nsfl.load_weights(compiled)
    _same(model.state_dict(), source.state_dict())
    nsfl.commit_weights(compiled)
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

    _same(_torch._read(torch_task, "init_weights"), state)


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


def test_fedprox_takes_the_published_steps(torch_task, monkeypatch, vectors):
    monkeypatch.setenv("OPTIMIZER_NAME", "fedprox")
    v = vectors["fedprox_local"]
    a, b = torch.tensor(v["a"], dtype=torch.float64), torch.tensor(v["b"], dtype=torch.float64)
    weight = torch.nn.Parameter(torch.tensor(v["w_t"], dtype=torch.float64))
    optimizer = nsfl.create_optimizer(origin_trainable_weights=[weight], learning_rate=v["eta"], mu=v["mu"])
    for path in v["expected_path"]:
        optimizer.zero_grad()
        (0.5 * (a * (weight - b) ** 2).sum()).backward()
        optimizer.step()
        assert torch.allclose(weight.detach(), torch.tensor(path, dtype=torch.float64), rtol=1e-12)


def test_fedprox_with_momentum_is_sgd_on_the_loss_with_its_term(torch_task, monkeypatch):
    monkeypatch.setenv("OPTIMIZER_NAME", "fedprox")
    monkeypatch.setenv("OPTIMIZER_PARAMS", "mu::0.5,learning_rate::0.1,momentum::0.9")
    ours, theirs = (torch.nn.Parameter(torch.tensor([1.0, -2.0], dtype=torch.float64)) for _ in range(2))
    anchor = theirs.detach().clone()
    by_ours = nsfl.create_optimizer(origin_trainable_weights=[ours])
    by_theirs = torch.optim.SGD([theirs], lr=0.1, momentum=0.9)
    for _ in range(5):
        by_ours.zero_grad()
        (ours**2).sum().backward()
        by_ours.step()
        by_theirs.zero_grad()
        ((theirs**2).sum() + 0.25 * ((theirs - anchor) ** 2).sum()).backward()
        by_theirs.step()
    assert torch.allclose(ours, theirs, rtol=1e-12)


@pytest.mark.parametrize("momentum", [0, 0.9])
def test_fedprox_without_mu_is_sgd_bit_for_bit(torch_task, monkeypatch, momentum):
    monkeypatch.setenv("OPTIMIZER_NAME", "fedprox")
    torch.manual_seed(3)
    model, plain = _model(), _model()
    plain.load_state_dict(model.state_dict())
    ours = nsfl.create_optimizer(origin_trainable_weights=model.parameters(), learning_rate=0.1, mu=0, momentum=momentum)
    theirs = torch.optim.SGD(plain.parameters(), lr=0.1, momentum=momentum)
    for _ in range(20):
        x = torch.randn(6, 3)
        for network, optimizer in ((model, ours), (plain, theirs)):
            optimizer.zero_grad()
            network(x).square().mean().backward()
            optimizer.step()
    _same(model.state_dict(), plain.state_dict())


def test_steps_of_an_own_optimizer_are_counted_on_request(torch_task):
    model = _model()
    optimizer = nsfl.count_local_steps(torch.optim.Adam(model.parameters()))
    for _ in range(3):
        model(torch.randn(6, 3)).sum().backward()
        optimizer.step()
    nsfl.commit_metrics({"sample_num": 6})
    assert json.loads((torch_task / "metrics.json").read_text()) == {"sample_num": 6, "local_steps": 3}
    nsfl.commit_metrics({"sample_num": 6, "local_steps": 9})
    assert json.loads((torch_task / "metrics.json").read_text())["local_steps"] == 9, "what the script says counts"
