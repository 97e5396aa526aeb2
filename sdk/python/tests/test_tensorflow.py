import json
import warnings

import numpy as np
import pytest

keras = pytest.importorskip("keras")

import neursafe_fl as nsfl  # noqa: E402
from neursafe_fl._task import TaskError  # noqa: E402


@pytest.fixture
def keras_task(task, monkeypatch):
    monkeypatch.setenv("TASK_RUNTIME", "tensorflow")
    return task


def _model():
    return keras.Sequential(
        [
            keras.layers.Input((4,)),
            keras.layers.Dense(3, activation="relu"),
            keras.layers.BatchNormalization(),
            keras.layers.Dense(2),
        ]
    )


def _same(left, right):
    assert len(left) == len(right)
    assert all(np.array_equal(a, b) for a, b in zip(left, right))


def test_weights_go_in_and_out(keras_task):
    source, model = _model(), _model()
    source.save(str(keras_task / "init_weights.h5"))
    nsfl.load_weights(model)
    _same(model.get_weights(), source.get_weights())
    nsfl.commit_weights(model)
    _same(keras.models.load_model(str(keras_task / "trained_model.h5")).get_weights(), source.get_weights())


def test_metrics_may_be_tensors(keras_task):
    mean = keras.metrics.Mean()
    mean.update_state([0.25, 0.75])
    samples = keras.ops.convert_to_tensor(6, "int64")
    assert not isinstance(mean.result(), float)

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        nsfl.commit_metrics({"sample_num": samples, "loss": mean.result()})

    assert json.loads((keras_task / "metrics.json").read_text()) == {"sample_num": 6, "loss": 0.5}


def test_a_model_without_shapes_is_told_what_to_do(keras_task):
    (keras_task / "init_weights.h5").write_bytes(b"")
    with pytest.raises(TaskError, match="input shape"):
        nsfl.load_weights(keras.Sequential([keras.layers.Dense(2)]))


def test_fedprox_follows_its_formula(keras_task, monkeypatch):
    monkeypatch.setenv("OPTIMIZER_NAME", "fedprox")
    monkeypatch.setenv("OPTIMIZER_PARAMS", "mu::0.5,learning_rate::0.1")
    variable = keras.Variable(np.array([1.0, -2.0], dtype="float32"))
    optimizer = nsfl.create_optimizer(origin_trainable_weights=[variable])
    expected = np.array([1.0, -2.0])
    anchor = expected.copy()
    for _ in range(3):
        optimizer.apply([2 * variable.value], [variable])
        expected = expected - 0.1 * (2 * expected + 0.5 * (expected - anchor))
    np.testing.assert_allclose(keras.ops.convert_to_numpy(variable), expected, rtol=1e-6)


def test_fedprox_trains_a_model(keras_task, monkeypatch):
    monkeypatch.setenv("OPTIMIZER_NAME", "fedprox")
    model = _model()
    optimizer = nsfl.create_optimizer(origin_trainable_weights=model.trainable_variables, learning_rate=0.05, mu=0.1)
    model.compile(optimizer=optimizer, loss="mse")
    x, y = np.eye(4, dtype="float32"), np.eye(4, 2, dtype="float32")
    before = model.evaluate(x, y, verbose=0)
    model.fit(x, y, epochs=20, verbose=0)
    assert model.evaluate(x, y, verbose=0) < before
