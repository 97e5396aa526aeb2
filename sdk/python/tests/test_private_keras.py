"""DP-SGD in Keras 3 on TensorFlow."""

import json

import numpy as np
import pytest

keras = pytest.importorskip("keras")

import neursafe_fl as nsfl  # noqa: E402
from neursafe_fl._task import TaskError  # noqa: E402


@pytest.fixture
def keras_task(task, monkeypatch):
    monkeypatch.setenv("TASK_RUNTIME", "tensorflow")
    return task


def _compiled(*layers, inputs=3, loss="mse", optimizer=None):
    model = keras.Sequential([keras.layers.Input((inputs,)), *(layers or [keras.layers.Dense(1)])])
    model.compile(optimizer=optimizer or keras.optimizers.SGD(1.0), loss=loss)
    return model


def _private(model, x, y, batch, multiplier=1.0, norm=0.5, **kwargs):
    return nsfl.dp_sgd(
        model,
        model.optimizer,
        (x, y),
        batch_size=batch,
        noise_multiplier=multiplier,
        max_grad_norm=norm,
        **kwargs,
    )


def _random(records=64, inputs=3):
    random = np.random.default_rng(3)
    return random.normal(size=(records, inputs)).astype("float32"), random.normal(size=(records, 1)).astype("float32")


def test_epsilon_is_in_the_metrics(keras_task):
    model = _compiled(keras.layers.Dense(4, "relu"), keras.layers.Dropout(0.5), keras.layers.Dense(1))
    model.save(str(keras_task / "init_weights.h5"), include_optimizer=False)
    nsfl.load_weights(model)
    _, _, batches = _private(model, *_random(100), batch=10, rounds=10)
    history = model.fit(batches, epochs=1, verbose=0)
    nsfl.commit_weights(model)
    nsfl.commit_metrics({"sample_num": 100, "loss": history.history["loss"][0]})

    told = json.loads((keras_task / "metrics.json").read_text())
    # sampling 0.1, multiplier 1, 10 steps in each of 10 rounds: dp-accounting says so of 100 steps.
    assert told["dp_epsilon"] == pytest.approx(7.972921510380539, rel=1e-9)
    assert told["dp_delta"] == 1e-5 and told["local_steps"] == 10 and told["loss"] > 0
    assert keras.models.load_model(keras_task / "trained_model.h5", compile=False).count_params() == model.count_params()


def test_with_nearly_no_noise_it_is_the_mean_of_clipped_gradients(keras_task):
    """One step over all records, beside the formula worked out in numpy."""
    x, y = _random(32)
    model = _compiled(keras.layers.Dense(1, use_bias=False))
    w = model.get_weights()[0].astype(float)
    gradients = 2 * (x @ w - y) * x
    norms = np.linalg.norm(gradients, axis=1, keepdims=True)
    expected = w - (gradients * np.minimum(1, 3 / norms)).mean(axis=0).reshape(3, 1)
    assert (norms > 3).any() and (norms < 3).any()

    _, _, batches = _private(model, x, y, batch=32, multiplier=1e-7, norm=3.0)
    model.fit(batches, verbose=0)

    np.testing.assert_allclose(model.get_weights()[0], expected, rtol=1e-5, atol=1e-6)


def test_the_noise_has_its_deviation(keras_task):
    x, y = np.zeros((64, 100), "float32"), np.zeros((64, 1000), "float32")
    model = _compiled(keras.layers.Dense(1000, use_bias=False), inputs=100)
    before = model.get_weights()[0]
    _, _, batches = _private(model, x, y, batch=16, multiplier=2.0)
    model.fit(batches, epochs=2, verbose=0)
    assert (model.get_weights()[0] - before).std() == pytest.approx(2.0 * 0.5 / 16 * 8**0.5, rel=0.02)


def test_a_record_that_is_no_number_decides_nothing(keras_task):
    x, y = _random(8)
    x[3] = np.nan
    model = _compiled()
    _, _, batches = _private(model, x, y, batch=8)
    model.fit(batches, verbose=0)
    assert all(np.isfinite(value).all() for value in model.get_weights())


def test_seeds_decide_neither_noise_nor_batches(keras_task, tmp_path, monkeypatch):
    ends, sizes = [], []
    x, y = _random(1000)
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        monkeypatch.setenv("TASK_WORKSPACE", str(tmp_path / name))
        keras.utils.set_random_seed(7)
        model = _compiled()
        _, _, batches = _private(model, x, y, batch=100)
        sizes.append([len(batches[i][0]) for i in range(20)])
        model.fit(batches, verbose=0)
        ends.append(model.get_weights()[0])
    assert not np.array_equal(*ends)
    assert sizes[0] != sizes[1]


def test_empty_batches_are_steps_too(keras_task):
    model = _compiled()
    _, _, batches = _private(model, *_random(2), batch=1)
    model.fit(batches, epochs=6, verbose=0)
    assert int(model.optimizer.iterations) == 12
    assert all(np.isfinite(value).all() for value in model.get_weights())


def test_integer_labels_and_adam(keras_task):
    x, _ = _random(60)
    y = (x.sum(axis=1) > 0).astype("int64")
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model = _compiled(keras.layers.Dense(2), loss=loss, optimizer=keras.optimizers.Adam(0.1))
    _, _, batches = _private(model, x, y, batch=20, multiplier=0.3, norm=1.0)
    model.fit(batches, epochs=10, verbose=0)
    assert (model.predict(x, verbose=0).argmax(axis=1) == y).mean() > 0.8


def test_what_cannot_be_private_is_refused(keras_task):
    x, y = _random(8)
    mixing = _compiled(keras.layers.Dense(2), keras.layers.BatchNormalization(), keras.layers.Dense(1))
    with pytest.raises(TaskError, match="batch_normalization.*GroupNormalization"):
        _private(mixing, x, y, batch=4)
    with pytest.raises(TaskError, match="compile"):
        nsfl.dp_sgd(_compiled(), keras.optimizers.SGD(), (x, y), batch_size=4, noise_multiplier=1, max_grad_norm=1)
    with pytest.raises(TypeError, match="batch_size"):
        _private(_compiled(), x, y, batch=None)
    with pytest.raises(TypeError, match="as \\(x, y\\)"):
        model = _compiled()
        nsfl.dp_sgd(model, model.optimizer, x, batch_size=4, noise_multiplier=1, max_grad_norm=1)
    with pytest.raises(ValueError, match="labels"):
        _private(_compiled(), x, y[:5], batch=4)
    model = _compiled()
    _private(model, x, y, batch=4)
    with pytest.raises(Exception, match="batches that dp_sgd gave"):
        model.fit(x, y, verbose=0)
