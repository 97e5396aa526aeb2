"""SCAFFOLD in Keras: the paper's local steps, and every way in which they go wrong."""

import json

import numpy as np
import pytest

keras = pytest.importorskip("keras")

import neursafe_fl as nsfl  # noqa: E402
from neursafe_fl._task import TaskError  # noqa: E402


@pytest.fixture
def scaffold(task, monkeypatch):
    monkeypatch.setenv("TASK_RUNTIME", "tensorflow")
    monkeypatch.setenv("OPTIMIZER_NAME", "scaffold")
    return task


def _linear(inputs=2):
    """One weight for each input and nothing else."""
    return keras.Sequential([keras.layers.Input((inputs,)), keras.layers.Dense(1, use_bias=False)])


def _given(task, model, correction=None):
    model.save(str(task / "init_weights.h5"), include_optimizer=False)
    weights = model.get_weights()
    model.set_weights(correction or [0 * value for value in weights])
    model.save(str(task / "control_correction.h5"), include_optimizer=False)
    model.set_weights(weights)


def _report(task):
    return json.loads((task / "control.json").read_text())


@pytest.mark.parametrize("client", [0, 2])
def test_steps_are_those_of_the_paper(scaffold, vectors, client):
    v = vectors["scaffold"]
    a, b = np.array(v["a"][client]), np.array(v["b"][client])
    c, own = np.array(v["c"]), np.array(v["c_i"][client])
    source = _linear()
    source.set_weights([np.array(v["x"]).reshape(2, 1)])
    _given(scaffold, source, [(c - own).reshape(2, 1)])
    model = _linear()
    nsfl.load_weights(model)
    optimizer = nsfl.create_optimizer(params=model.trainable_variables, learning_rate=v["eta_l"])
    expected = next(k for k in v["expected"][1]["clients"] if k["client"] == client)

    for path in expected["y_path"]:
        y = model.get_weights()[0].ravel()
        optimizer.apply([(a * (y - b)).reshape(2, 1).astype("float32")], model.trainable_variables)
        np.testing.assert_allclose(model.get_weights()[0].ravel(), path, rtol=1e-6)
    nsfl.commit_weights(model, optimizer)

    length = _report(scaffold)["step_length"]
    assert length == pytest.approx(v["K"] * v["eta_l"], rel=1e-7)
    next_own = own - c + (np.array(v["x"]) - model.get_weights()[0].ravel()) / length
    np.testing.assert_allclose(next_own, expected["c_plus"], rtol=1e-5)


def test_fit_counts_real_steps(scaffold):
    """7 samples in batches of 3 are 3 steps an epoch, whatever sample_num and batch_size say."""
    model = _linear()
    _given(scaffold, model)
    nsfl.load_weights(model)
    optimizer = nsfl.create_optimizer(
        params=model.trainable_variables, learning_rate=0.5, batch_size=32, sample_num=6400
    )
    model.compile(optimizer=optimizer, loss="mse")
    model.fit(np.zeros((7, 2)), np.zeros((7, 1)), batch_size=3, epochs=2, verbose=0)
    nsfl.commit_weights(model, optimizer)
    nsfl.commit_metrics({"sample_num": 7})

    assert _report(scaffold)["step_length"] == 6 * 0.5
    assert json.loads((scaffold / "metrics.json").read_text())["local_steps"] == 6


def test_a_changing_rate_counts_as_it_was(scaffold):
    model = _linear()
    _given(scaffold, model)
    nsfl.load_weights(model)
    halving = keras.optimizers.schedules.ExponentialDecay(0.5, decay_steps=1, decay_rate=0.5)
    optimizer = nsfl.create_optimizer(params=model.trainable_variables, learning_rate=halving)
    model.compile(optimizer=optimizer, loss="mse")
    model.fit(np.zeros((3, 2)), np.zeros((3, 1)), batch_size=1, verbose=0)
    assert optimizer.step_length == pytest.approx(0.5 + 0.25 + 0.125, rel=1e-7)


def test_without_control_variates_it_is_plain_sgd_bit_for_bit(scaffold):
    _plain_sgd(scaffold, lambda model: nsfl.create_optimizer(params=model.trainable_variables, learning_rate=0.1))


def test_fedprox_without_mu_is_plain_sgd_bit_for_bit(scaffold, monkeypatch):
    monkeypatch.setenv("OPTIMIZER_NAME", "fedprox")
    _plain_sgd(
        scaffold,
        lambda model: nsfl.create_optimizer(origin_trainable_weights=model.trainable_variables, learning_rate=0.1, mu=0),
    )


def test_with_momentum_they_step_as_sgd_has_it(scaffold, monkeypatch):
    _plain_sgd(
        scaffold,
        lambda model: nsfl.create_optimizer(params=model.trainable_variables, learning_rate=0.1, momentum=0.9),
        momentum=0.9,
    )
    monkeypatch.setenv("OPTIMIZER_NAME", "fedprox")
    _plain_sgd(
        scaffold,
        lambda model: nsfl.create_optimizer(
            origin_trainable_weights=model.trainable_variables, learning_rate=0.1, mu=0, momentum=0.9
        ),
        momentum=0.9,
    )


def test_with_momentum_the_path_still_tells_the_gradient(scaffold):
    """Of a linear loss every gradient is the same: it is the new control variate, also where the rate changes."""
    gradient, correction = np.array([[2.0], [-3.0]]), np.array([[0.5], [4.0]])
    model = _linear()
    _given(scaffold, model, [correction])
    nsfl.load_weights(model)
    start = model.get_weights()[0]
    optimizer = nsfl.create_optimizer(params=model.trainable_variables, learning_rate=0.1, momentum=0.9)
    for step in range(7):
        if step == 3:
            optimizer.learning_rate = 0.05
        optimizer.apply([gradient.astype("float32")], model.trainable_variables)
    nsfl.commit_weights(model, optimizer)

    stepped_by = (start - model.get_weights()[0]) / _report(scaffold)["step_length"]
    np.testing.assert_allclose(stepped_by - correction, gradient, rtol=1e-5)


def _plain_sgd(task, create, momentum=0.0):
    def network():
        return keras.Sequential([keras.layers.Input((5,)), keras.layers.Dense(4, "relu"), keras.layers.Dense(3)])

    random = np.random.default_rng(5)
    x, y = random.normal(size=(40, 5)).astype("float32"), random.normal(size=(40, 3)).astype("float32")
    model, plain = network(), network()
    plain.set_weights(model.get_weights())
    _given(task, model)
    nsfl.load_weights(model)
    model.compile(optimizer=create(model), loss="mse")
    plain.compile(optimizer=keras.optimizers.SGD(0.1, momentum), loss="mse")
    for network in (model, plain):
        network.fit(x, y, batch_size=8, epochs=3, shuffle=False, verbose=0)
    for ours, theirs in zip(model.get_weights(), plain.get_weights()):
        # Keras has the rate within its velocity: the same step, rounded elsewhere.
        np.testing.assert_allclose(ours, theirs, rtol=1e-4 if momentum else 0, atol=1e-5 if momentum else 0)


def test_fedprox_takes_the_published_steps(task, monkeypatch, vectors):
    monkeypatch.setenv("OPTIMIZER_NAME", "fedprox")
    v = vectors["fedprox_local"]
    variable = keras.Variable(np.array(v["w_t"], dtype="float32"))
    optimizer = nsfl.create_optimizer(origin_trainable_weights=[variable], learning_rate=v["eta"], mu=v["mu"])
    for path in v["expected_path"]:
        gradient = np.array(v["a"]) * (keras.ops.convert_to_numpy(variable) - np.array(v["b"]))
        optimizer.apply([gradient.astype("float32")], [variable])
        np.testing.assert_allclose(keras.ops.convert_to_numpy(variable), path, rtol=1e-6)


def test_only_trainable_weights_are_corrected(scaffold):
    model = keras.Sequential([keras.layers.Input((2,)), keras.layers.Dense(2), keras.layers.BatchNormalization()])
    _given(scaffold, model, [np.ones_like(value) for value in model.get_weights()])
    before = model.get_weights()
    nsfl.load_weights(model)
    optimizer = nsfl.create_optimizer(params=model.trainable_variables, learning_rate=0.5)
    zeros = [np.zeros(variable.shape, "float32") for variable in model.trainable_variables]
    optimizer.apply(zeros, model.trainable_variables)

    for variable, old, new in zip(model.weights, before, model.get_weights()):
        np.testing.assert_allclose(new, old - 0.5 if variable.trainable else old)


def test_the_model_stays_as_trained(scaffold):
    model = keras.Sequential([keras.layers.Input((2,)), keras.layers.Dense(2), keras.layers.BatchNormalization()])
    _given(scaffold, model)
    nsfl.load_weights(model)
    optimizer = nsfl.create_optimizer(params=model.trainable_variables, option=1)
    with pytest.raises(TaskError, match="keep_gradient"):
        nsfl.commit_weights(model, optimizer)
    gradients = [np.full(variable.shape, 2.0, "float32") for variable in model.trainable_variables]
    optimizer.keep_gradient(gradients)
    optimizer.apply(gradients, model.trainable_variables)
    trained = model.get_weights()
    nsfl.commit_weights(model, optimizer)

    assert all(np.array_equal(left, right) for left, right in zip(trained, model.get_weights()))
    assert _report(scaffold)["by_gradient"]
    kept = keras.models.load_model(str(scaffold / "control_gradient.h5"))
    for variable, value in zip(kept.weights, kept.get_weights()):
        assert (value == (2.0 if variable.trainable else 0.0)).all()


def test_an_optimizer_that_bends_the_path_is_refused(scaffold):
    model = _linear()
    _given(scaffold, model)
    nsfl.load_weights(model)
    with pytest.raises(TypeError, match="steps by SGD"):
        nsfl.create_optimizer(params=model.trainable_variables, weight_decay=0.1)


def test_what_is_missing_is_told(scaffold):
    model = _linear()
    with pytest.warns(UserWarning, match="params"):
        assert nsfl.create_optimizer() is None
    with pytest.raises(TaskError, match="load_weights"):
        nsfl.create_optimizer(params=model.trainable_variables)
    _given(scaffold, model)
    nsfl.load_weights(model)
    with pytest.raises(TaskError, match="position 0"):
        nsfl.create_optimizer(params=_linear().trainable_variables)


def test_a_compiled_models_own_optimizer_counts_by_itself(task, monkeypatch):
    monkeypatch.setenv("TASK_RUNTIME", "tensorflow")
    model = _linear()
    model.save(str(task / "init_weights.h5"), include_optimizer=False)
    nsfl.load_weights(model)
    model.compile(optimizer="adam", loss="mse")
    model.fit(np.zeros((7, 2)), np.zeros((7, 1)), batch_size=3, verbose=0)
    nsfl.commit_metrics({"sample_num": 7, "loss_before": 0.5})
    assert json.loads((task / "metrics.json").read_text()) == {"sample_num": 7, "loss_before": 0.5, "local_steps": 3}
