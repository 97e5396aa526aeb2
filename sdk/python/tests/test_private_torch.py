"""DP-SGD in torch, with the real Opacus."""

import json
import sys

import pytest

torch = pytest.importorskip("torch")

import neursafe_fl as nsfl  # noqa: E402
from neursafe_fl._task import TaskError  # noqa: E402


@pytest.fixture
def torch_task(task, monkeypatch):
    monkeypatch.setenv("TASK_RUNTIME", "pytorch")
    return task


def _loader(records=64, batch=16):
    torch.manual_seed(5)
    data = torch.utils.data.TensorDataset(torch.randn(records, 3), torch.randn(records, 1))
    return torch.utils.data.DataLoader(data, batch_size=batch)


def _linear():
    torch.manual_seed(1)
    return torch.nn.Linear(3, 1)


def _train(model, optimizer, loader):
    steps = 0
    for x, y in loader:
        optimizer.zero_grad()
        torch.nn.functional.mse_loss(model(x), y).backward()
        optimizer.step()
        steps += 1
    return steps


def test_without_opacus_the_package_is_named(torch_task, monkeypatch):
    monkeypatch.setitem(sys.modules, "opacus", None)
    model = _linear()
    with pytest.raises(TaskError, match="pip install opacus"):
        nsfl.dp_sgd(model, torch.optim.SGD(model.parameters(), 0.1), _loader(), noise_multiplier=1, max_grad_norm=1)


class TestWithOpacus:
    @pytest.fixture(autouse=True)
    def _opacus(self):
        pytest.importorskip("opacus")

    def _private(self, model, loader=None, multiplier=1.0, norm=0.5, **kwargs):
        optimizer = torch.optim.SGD(model.parameters(), lr=1.0)
        return nsfl.dp_sgd(
            model, optimizer, loader or _loader(), noise_multiplier=multiplier, max_grad_norm=norm, **kwargs
        )

    def test_epsilon_is_in_the_metrics(self, torch_task):
        model = _linear()
        private = self._private(model, delta=1e-5, rounds=3)
        steps = _train(*private)
        nsfl.commit_weights(private[0])
        nsfl.commit_metrics({"sample_num": 64, "loss": 1.0, "dp_epsilon": 0.0})

        from opacus.accountants import RDPAccountant

        opacus = RDPAccountant()
        opacus.history = [(1.0, 0.25, 3 * steps)]
        told = json.loads((torch_task / "metrics.json").read_text())
        assert steps == 4 and told["dp_delta"] == 1e-5
        # Opacus has orders between the whole ones too, so it is a little tighter.
        theirs = opacus.get_epsilon(1e-5)
        assert theirs <= told["dp_epsilon"] * (1 + 1e-9) and told["dp_epsilon"] < 1.05 * theirs
        saved = torch.load(torch_task / "trained_weights.pth", weights_only=True)
        assert list(saved) == ["weight", "bias"]
        assert torch.equal(saved["weight"], model.weight)

    def test_a_record_moves_a_step_by_its_clipped_gradient_only(self, torch_task):
        """With next to no noise, steps of rate 1 over at most 16 expected records of norm 0.5 each."""
        model = _linear()
        before = torch.cat([p.detach().clone().ravel() for p in model.parameters()])
        x = 1e3 * torch.randn(64, 3)
        huge = torch.utils.data.DataLoader(torch.utils.data.TensorDataset(x, torch.zeros(64, 1)), batch_size=64)
        steps = _train(*self._private(model, huge, multiplier=1e-6))
        moved = torch.cat([p.detach().ravel() for p in model.parameters()]) - before
        assert steps == 1 and 0 < moved.norm() <= 0.5 + 1e-4

    def test_the_noise_has_its_deviation(self, torch_task):
        """Gradients of nothing: what moves the weights is the noise over the expected batch."""
        model = torch.nn.Linear(1000, 100, bias=False)
        before = model.weight.detach().clone()
        data = torch.utils.data.TensorDataset(torch.zeros(64, 1000), torch.zeros(64, 100))
        loader = torch.utils.data.DataLoader(data, batch_size=16)
        steps = _train(*self._private(model, loader, multiplier=2.0, norm=0.5))
        deviation = (model.weight - before).std().item()
        assert deviation == pytest.approx(2.0 * 0.5 / 16 * steps**0.5, rel=0.02)

    def test_seeds_decide_neither_noise_nor_batches(self, torch_task, tmp_path, monkeypatch):
        ends, batches = [], []
        for name in ("one", "two"):
            (tmp_path / name).mkdir()
            monkeypatch.setenv("TASK_WORKSPACE", str(tmp_path / name))
            model = _linear()
            private = self._private(model, _loader(1000, 100))
            torch.manual_seed(7)
            batches.append([len(x) for x, _ in private[2]])
            torch.manual_seed(7)
            _train(*private)
            ends.append(model.weight.detach().clone())
        assert not torch.equal(*ends)
        assert batches[0] != batches[1]

    def test_empty_batches_are_steps_too(self, torch_task):
        model = _linear()
        assert _train(*self._private(model, _loader(3, 1))) == 3
        assert all(torch.isfinite(p).all() for p in model.parameters())

    def test_batch_normalisation_is_refused(self, torch_task):
        model = torch.nn.Sequential(torch.nn.Linear(3, 2), torch.nn.BatchNorm1d(2))
        with pytest.raises(TaskError, match="BatchNorm"):
            self._private(model)

    def test_twice_is_refused(self, torch_task):
        self._private(_linear())
        with pytest.raises(TaskError, match="before"):
            self._private(_linear())

    def test_scaffold_is_refused_and_fedprox_is_not(self, torch_task, monkeypatch):
        model = _linear()
        torch.save(model.state_dict(), torch_task / "init_weights.pth")
        torch.save({k: 0 * v for k, v in model.state_dict().items()}, torch_task / "control_correction.pth")
        for name in ("scaffold", "fedprox"):
            monkeypatch.setenv("OPTIMIZER_NAME", name)
            nsfl.load_weights(model)
            optimizer = nsfl.create_optimizer(params=model.parameters(), origin_trainable_weights=model.parameters())
            if name == "scaffold":
                with pytest.raises(TaskError, match="scaffold"):
                    nsfl.dp_sgd(model, optimizer, _loader(), noise_multiplier=1, max_grad_norm=1)
            else:
                private = nsfl.dp_sgd(model, optimizer, _loader(), noise_multiplier=1, max_grad_norm=1)
                assert _train(*private) == 4 and optimizer.local_steps == 4

    def test_only_a_data_loader_can_draw(self, torch_task):
        with pytest.raises(TypeError, match="DataLoader"):
            self._private(_linear(), [(torch.zeros(1, 3), torch.zeros(1, 1))])
