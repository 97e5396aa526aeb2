"""SCAFFOLD in torch: the paper's local steps, and every way in which they go wrong."""

import collections
import json

import pytest

torch = pytest.importorskip("torch")

import neursafe_fl as nsfl  # noqa: E402
from neursafe_fl._task import TaskError  # noqa: E402


@pytest.fixture
def scaffold(task, monkeypatch):
    monkeypatch.setenv("TASK_RUNTIME", "pytorch")
    monkeypatch.setenv("OPTIMIZER_NAME", "scaffold")
    return task


class Point(torch.nn.Module):
    """A model that is two numbers."""

    def __init__(self, values):
        super().__init__()
        self.point = torch.nn.Parameter(torch.tensor(values, dtype=torch.float64))


def _given(task, model, correction):
    torch.save(model.state_dict(), task / "init_weights.pth")
    zeros = {name: torch.zeros_like(value) for name, value in model.state_dict().items()}
    torch.save(collections.OrderedDict({**zeros, **correction}), task / "control_correction.pth")


def _report(task):
    return json.loads((task / "control.json").read_text())


@pytest.mark.parametrize("client", [0, 2])
def test_steps_are_those_of_the_paper(scaffold, vectors, client):
    v = vectors["scaffold"]
    a, b = torch.tensor(v["a"][client], dtype=torch.float64), torch.tensor(v["b"][client], dtype=torch.float64)
    c, own = torch.tensor(v["c"], dtype=torch.float64), torch.tensor(v["c_i"][client], dtype=torch.float64)
    _given(scaffold, Point(v["x"]), {"point": c - own})
    model = Point([9.0, 9.0])
    nsfl.load_weights(model)
    optimizer = nsfl.create_optimizer(params=model.parameters(), learning_rate=v["eta_l"])
    expected = {e["option"]: next(k for k in e["clients"] if k["client"] == client) for e in v["expected"]}

    for path in expected[2]["y_path"]:
        optimizer.zero_grad()
        (0.5 * (a * (model.point - b) ** 2).sum()).backward()
        optimizer.step()
        assert torch.allclose(model.point.detach(), torch.tensor(path, dtype=torch.float64), rtol=1e-12)
    nsfl.commit_weights(model, optimizer)

    length = _report(scaffold)["step_length"]
    assert length == v["K"] * v["eta_l"]
    x = torch.tensor(v["x"], dtype=torch.float64)
    next_own = own - c + (x - model.point.detach()) / length
    assert torch.allclose(next_own, torch.tensor(expected[2]["c_plus"], dtype=torch.float64), rtol=1e-12)


def test_option_1_takes_the_gradient_at_the_rounds_model(scaffold, vectors):
    v = vectors["scaffold"]
    a, b = torch.tensor(v["a"][0], dtype=torch.float64), torch.tensor(v["b"][0], dtype=torch.float64)
    _given(scaffold, Point(v["x"]), {})
    model = Point([0.0, 0.0])
    nsfl.load_weights(model)
    optimizer = nsfl.create_optimizer(params=model.parameters(), learning_rate=0.1, option=1)
    with pytest.raises(TaskError, match="keep_gradient"):
        nsfl.commit_weights(model, optimizer)

    (0.5 * (a * (model.point - b) ** 2).sum()).backward()
    optimizer.keep_gradient()
    optimizer.step()
    with pytest.raises(TaskError, match="before the first step"):
        optimizer.keep_gradient()
    nsfl.commit_weights(model, optimizer)

    assert _report(scaffold)["by_gradient"]
    gradient = torch.load(scaffold / "control_gradient.pth", weights_only=True)["point"]
    expected = next(e for e in v["expected"] if e["option"] == 1)["clients"][0]["c_plus"]
    assert torch.allclose(gradient, torch.tensor(expected, dtype=torch.float64), rtol=1e-12)


def test_steps_are_counted_and_not_computed(scaffold):
    """7 samples in batches of 3 are 3 steps an epoch, whatever sample_num and batch_size say."""
    model = torch.nn.Linear(2, 1)
    _given(scaffold, model, {})
    nsfl.load_weights(model)
    optimizer = nsfl.create_optimizer(params=model.parameters(), learning_rate=0.5, batch_size=32, sample_num=6400)
    for _ in range(2):
        for batch in torch.arange(7).split(3):
            optimizer.zero_grad()
            model(torch.ones(len(batch), 2)).sum().backward()
            optimizer.step()
    nsfl.commit_metrics({"sample_num": 7})
    nsfl.commit_weights(model, optimizer)

    assert _report(scaffold)["step_length"] == 6 * 0.5
    assert json.loads((scaffold / "metrics.json").read_text())["local_steps"] == 6


def test_a_changing_rate_counts_as_it_was(scaffold):
    model = torch.nn.Linear(2, 1)
    _given(scaffold, model, {})
    nsfl.load_weights(model)
    optimizer = nsfl.create_optimizer(params=model.parameters(), learning_rate=0.5)
    schedule = torch.optim.lr_scheduler.StepLR(optimizer, step_size=1, gamma=0.5)
    for _ in range(3):
        optimizer.zero_grad()
        model(torch.ones(1, 2)).sum().backward()
        optimizer.step()
        schedule.step()
    assert optimizer.step_length == 0.5 + 0.25 + 0.125


@pytest.mark.parametrize("momentum", [0, 0.9])
def test_without_control_variates_it_is_sgd_bit_for_bit(scaffold, momentum):
    torch.manual_seed(3)
    model, plain = torch.nn.Linear(5, 3), torch.nn.Linear(5, 3)
    plain.load_state_dict(model.state_dict())
    _given(scaffold, model, {})
    nsfl.load_weights(model)
    ours = nsfl.create_optimizer(params=model.parameters(), learning_rate=0.1, momentum=momentum)
    theirs = torch.optim.SGD(plain.parameters(), lr=0.1, momentum=momentum)
    for _ in range(20):
        x = torch.randn(4, 5)
        for network, optimizer in ((model, ours), (plain, theirs)):
            optimizer.zero_grad()
            network(x).square().mean().backward()
            optimizer.step()
    assert all(torch.equal(left, right) for left, right in zip(model.parameters(), plain.parameters()))


@pytest.mark.parametrize("halve", [False, True])
def test_with_momentum_the_path_still_tells_the_gradient(scaffold, halve):
    """Of a linear loss every gradient is the same: it is the new control variate, however the steps ran."""
    gradient, correction = torch.tensor([2.0, -3.0], dtype=torch.float64), torch.tensor([0.5, 4.0], dtype=torch.float64)
    _given(scaffold, Point([1.0, 1.0]), {"point": correction})
    model = Point([0.0, 0.0])
    nsfl.load_weights(model)
    optimizer = nsfl.create_optimizer(params=model.parameters(), learning_rate=0.1, momentum=0.9)
    for step in range(7):
        optimizer.zero_grad()
        (gradient * model.point).sum().backward()
        if halve and step == 3:
            optimizer.param_groups[0]["lr"] = 0.05
        optimizer.step()
    nsfl.commit_weights(model, optimizer)

    stepped_by = (1.0 - model.point.detach()) / _report(scaffold)["step_length"]
    assert torch.allclose(stepped_by - correction, gradient, rtol=1e-12)


@pytest.mark.parametrize("momentum", [-0.1, 1.0])
def test_a_momentum_that_is_none_is_refused(scaffold, momentum):
    model = torch.nn.Linear(2, 1)
    _given(scaffold, model, {})
    nsfl.load_weights(model)
    with pytest.raises(ValueError, match="momentum must be from 0 to below 1"):
        nsfl.create_optimizer(params=model.parameters(), momentum=momentum)


def test_the_model_stays_as_trained(scaffold):
    model = torch.nn.Sequential(torch.nn.Linear(2, 2), torch.nn.BatchNorm1d(2))
    _given(scaffold, model, {"0.weight": torch.ones(2, 2)})
    nsfl.load_weights(model)
    optimizer = nsfl.create_optimizer(params=model.parameters(), option=1)
    model(torch.randn(4, 2)).sum().backward()
    optimizer.keep_gradient()
    optimizer.step()
    trained = {name: value.clone() for name, value in model.state_dict().items()}
    nsfl.commit_weights(model, optimizer)

    assert all(torch.equal(trained[name], value) for name, value in model.state_dict().items())
    gradient = torch.load(scaffold / "control_gradient.pth", weights_only=True)
    assert not gradient["1.running_mean"].any(), "buffers have no control variates"


@pytest.mark.parametrize("bending", [{"nesterov": True}, {"betas": (0.9, 0.999)}, {"weight_decay": 0.1}])
def test_an_optimizer_that_bends_the_path_is_refused(scaffold, bending):
    model = torch.nn.Linear(2, 1)
    _given(scaffold, model, {})
    nsfl.load_weights(model)
    with pytest.raises(TypeError, match="steps by SGD"):
        nsfl.create_optimizer(params=model.parameters(), **bending)


def test_rates_that_differ_are_refused(scaffold):
    model = torch.nn.Linear(2, 1)
    _given(scaffold, model, {})
    nsfl.load_weights(model)
    optimizer = nsfl.create_optimizer(params=model.parameters())
    optimizer.param_groups.append({"params": [], "lr": 0.5})
    with pytest.raises(TaskError, match="one learning rate"):
        optimizer.step()


def test_what_is_missing_is_told(scaffold):
    model = torch.nn.Linear(2, 1)
    with pytest.warns(UserWarning, match="params"):
        assert nsfl.create_optimizer() is None
    with pytest.raises(TaskError, match="load_weights"):
        nsfl.create_optimizer(params=model.parameters())
    _given(scaffold, model, {})
    nsfl.load_weights(model)
    with pytest.raises(TaskError, match="position 0"):
        nsfl.create_optimizer(params=torch.nn.Linear(2, 1).parameters())
    with pytest.raises(ValueError, match="option"):
        nsfl.create_optimizer(params=model.parameters(), option=3)


def test_the_optimizer_need_not_be_handed_over(scaffold):
    model = torch.nn.Linear(2, 1)
    _given(scaffold, model, {})
    nsfl.load_weights(model)
    optimizer = nsfl.create_optimizer(params=model.parameters(), learning_rate=0.25)
    model(torch.ones(1, 2)).sum().backward()
    optimizer.step()
    nsfl.commit_weights(model)
    assert _report(scaffold)["step_length"] == 0.25
