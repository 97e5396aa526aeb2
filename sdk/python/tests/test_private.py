"""What DP-SGD costs and what it draws, whichever framework trains."""

import math

import numpy as np
import pytest

import neursafe_fl as nsfl
from neursafe_fl._task import TaskError
from neursafe_fl.private import accountant, noise

# dp-accounting 0.6.0 at the orders 2 to 64, 128, 256, 512: (sampling, noise_multiplier, steps, delta, epsilon).
_PUBLISHED = [
    (0.01, 1.0, 1000, 1e-5, 2.1077530754515745),
    (0.01, 1.1, 10000, 1e-5, 5.6543080001495145),
    (0.001, 0.8, 10000, 1e-6, 1.7201228859069170),
    (256 / 60000, 1.1, 14040, 1e-5, 2.5948176752357233),
    (0.1, 1.0, 100, 1e-5, 7.9729215103805390),
    (0.05, 2.0, 200, 1e-6, 1.9518065481917480),
    (1.0, 10.0, 100, 1e-5, 4.7527283368198220),
    (0.02, 0.7, 500, 1e-5, 7.6640877678174670),
    (0.0003, 1.0, 3000, 1e-9, 1.1473425877307182),
]


@pytest.mark.parametrize(("sampling", "multiplier", "steps", "delta", "epsilon"), _PUBLISHED)
def test_epsilon_is_the_published_one(sampling, multiplier, steps, delta, epsilon):
    assert accountant.epsilon([(sampling, multiplier, steps)], delta) == pytest.approx(epsilon, rel=1e-9)


@pytest.mark.parametrize(
    ("sampling", "multiplier", "order", "divergence"),
    [
        (0.01, 1, 2, 1.7181342207455e-4),
        (0.01, 1, 32, 11.246275937048072),
        (0.1, 1, 4, 0.05867260696008056),
        (0.05, 2, 16, 0.00734731410317829),
        (1, 1.5, 7, 14 / 9),
    ],
)
def test_one_step_diverges_as_published(sampling, multiplier, order, divergence):
    assert accountant.divergence(sampling, multiplier, order) == pytest.approx(divergence, rel=1e-9)


def test_releases_compose():
    parts = [(0.01, 1.0, 400), (0.01, 1.0, 600)]
    assert accountant.epsilon(parts, 1e-5) == pytest.approx(2.1077530754515745, rel=1e-9)
    assert accountant.epsilon([(0.1, 1.0, 0)], 1e-5) == 0
    assert accountant.epsilon([], 1e-5) == 0


def test_what_delta_alone_covers_costs_nothing():
    # dp-accounting 0.6.0 says 0 to each.
    assert accountant.epsilon([(1e-6, 1.0, 1)], 1e-5) == 0
    assert accountant.epsilon([(1e-4, 0.5, 1)], 1e-3) == 0
    assert accountant.epsilon([(0.01, 1e160, 10)], 1e-5) == 0


def test_noise_of_no_size_promises_nothing():
    assert accountant.epsilon([(0.01, 1e-160, 10)], 1e-5) == math.inf


def test_noise_is_gaussian_and_never_the_same():
    drawn = noise.normal((200, 500), 3.0)
    assert drawn.shape == (200, 500) and drawn.dtype == np.float64
    # Within six standard errors of the first four moments.
    n = drawn.size
    assert abs(drawn.mean()) < 6 * 3 / math.sqrt(n)
    assert abs(drawn.var() / 9 - 1) < 6 * math.sqrt(2 / n)
    assert abs((drawn**3).mean() / 27) < 6 * math.sqrt(15 / n)
    assert abs((drawn**4).mean() / 81 - 3) < 6 * math.sqrt(96 / n)
    assert not np.isin(noise.normal((1000,), 3.0), drawn).any()
    assert noise.normal((), 1.0).shape == () and noise.normal((3,), 1.0).shape == (3,)


def test_samples_have_every_record_by_itself():
    counts = np.array([len(noise.chosen(1000, 0.05)) for _ in range(400)])
    assert abs(counts.mean() - 50) < 6 * math.sqrt(47.5 / 400)
    assert abs(counts.var() / 47.5 - 1) < 0.6
    assert len(noise.chosen(7, 1)) == 7


@pytest.mark.parametrize(
    "wrong", [{"noise_multiplier": 0}, {"max_grad_norm": -1}, {"delta": 1}, {"rounds": 0}, {"rounds": 1.5}]
)
def test_numbers_that_promise_nothing_are_refused(task, wrong):
    given = {"noise_multiplier": 1, "max_grad_norm": 1, **wrong}
    with pytest.raises(ValueError, match=next(iter(wrong))):
        nsfl.dp_sgd(None, None, None, **given)


def test_several_workers_are_refused(task, monkeypatch):
    monkeypatch.setenv("WORLD_SIZE", "2")
    with pytest.raises(TaskError, match="one worker"):
        nsfl.dp_sgd(None, None, None, noise_multiplier=1, max_grad_norm=1)
