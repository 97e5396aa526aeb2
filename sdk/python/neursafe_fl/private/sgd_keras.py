"""DP-SGD in Keras 3 on TensorFlow: one gradient for each record, clipped and added up, in the model's own `fit`."""

import types

import keras
import numpy as np
import tensorflow as tf

from neursafe_fl._task import TaskError
from neursafe_fl.private import noise


def private(model, optimizer, data, noise_multiplier, max_grad_norm, batch_size):
    """((model, optimizer, batches), releases): `releases()` gives (sampling, noise_multiplier, steps) so far."""
    if not keras.__version__.startswith("3.") or keras.backend.backend() != "tensorflow":
        raise TaskError("dp_sgd needs Keras 3 with the backend tensorflow (KERAS_BACKEND=tensorflow)")
    if not getattr(model, "compiled", False) or optimizer is not model.optimizer:
        raise TaskError("dp_sgd trains by model.fit: compile the model before, and give its own optimizer, model.optimizer")
    if isinstance(optimizer, keras.optimizers.LossScaleOptimizer):
        raise TaskError("dp_sgd does not scale losses: take a model of float32")
    mixing = [
        layer.name
        for layer in model._flatten_layers()
        if isinstance(layer, keras.layers.BatchNormalization) and layer.trainable
    ]
    if mixing:
        raise TaskError(
            f"dp_sgd cannot bound the influence of a record on this model: {', '.join(mixing)} normalises over the batch;"
            " use GroupNormalization or LayerNormalization"
        )
    batches = _Batches(data, batch_size)
    step = _Step(noise_multiplier, max_grad_norm, batches.expected)
    model.train_step = types.MethodType(step, model)
    # The noise comes from outside of the graph, which XLA does not follow.
    model.jit_compile = False
    model.train_function = None
    before = int(optimizer.iterations)

    def releases():
        return [(batches.sampling, noise_multiplier, int(optimizer.iterations) - before)]

    return (model, optimizer, batches), releases


class _Batches(keras.utils.PyDataset):
    """Every batch a sample of its own. Yields (x, y, counts): a batch without records is one record that does not count."""

    def __init__(self, data, batch_size):
        super().__init__()
        if not isinstance(data, tuple) or len(data) != 2:
            raise TypeError("dp_sgd needs the data as (x, y): batches are drawn from them, record by record")
        if not batch_size or batch_size < 1:
            raise TypeError("dp_sgd needs a batch_size: how many records a step has on average")
        self._x, self._y = (np.asarray(part) for part in data)
        if len(self._x) != len(self._y) or not len(self._x):
            raise ValueError(f"dp_sgd needs as many labels as records, and some: {len(self._x)} and {len(self._y)}")
        self._steps = -(-len(self._x) // int(batch_size))
        self.sampling = 1 / self._steps
        self.expected = len(self._x) / self._steps

    def __len__(self):
        return self._steps

    def __getitem__(self, _):
        chosen = noise.chosen(len(self._x), self.sampling)
        counts = np.ones(max(1, len(chosen)), "float32")
        if not len(chosen):
            chosen, counts[0] = np.zeros(1, int), 0
        return self._x[chosen], self._y[chosen], counts


class _Step:
    """The model's `train_step`. Records go one after the other, so it takes the memory of one gradient, whatever the batch."""

    def __init__(self, noise_multiplier, max_grad_norm, expected):
        self._deviation = noise_multiplier * max_grad_norm
        self._norm = max_grad_norm
        self._expected = expected

    def __call__(self, model, data):
        x, y, counts = keras.utils.unpack_x_y_sample_weight(data)
        if counts is None:
            raise TaskError("train by model.fit with the batches that dp_sgd gave: only these are drawn as its account says")
        variables = [variable.value for variable in model.trainable_variables]

        def add(i, total):
            gradient = self._clipped(model, variables, x[i : i + 1], y[i : i + 1])
            return i + 1, [have + counts[i] * more for have, more in zip(total, gradient)]

        _, total = tf.while_loop(
            lambda i, _: i < tf.shape(counts)[0], add, (0, [tf.zeros_like(variable) for variable in variables])
        )
        model.optimizer.apply([self._noised(tensor) / self._expected for tensor in total], model.trainable_variables)
        predicted = model(x, training=False)
        loss = model.compute_loss(x=x, y=y, y_pred=predicted, sample_weight=counts, training=False)
        model._loss_tracker.update_state(loss, sample_weight=tf.reduce_sum(counts))
        return model.compute_metrics(x, y, predicted, sample_weight=counts)

    def _clipped(self, model, variables, x, y):
        with tf.GradientTape() as tape:
            loss = model.compute_loss(x=x, y=y, y_pred=model(x, training=True), training=True)
        gradients = tape.gradient(loss, variables, unconnected_gradients=tf.UnconnectedGradients.ZERO)
        gradients = [tf.convert_to_tensor(gradient) for gradient in gradients]
        norm = tf.sqrt(tf.add_n([tf.reduce_sum(tf.square(tf.cast(gradient, tf.float64))) for gradient in gradients]))
        factor = tf.minimum(tf.constant(1, tf.float64), self._norm * (1 - 1e-6) / tf.maximum(norm, 1e-300))
        # A record whose gradient is no number would decide about all others.
        finite = tf.math.is_finite(norm)
        return [tf.where(finite, tf.cast(factor, part.dtype) * part, tf.zeros_like(part)) for part in gradients]

    def _noised(self, total):
        def add(values):
            return (values.astype(np.float64) + noise.normal(values.shape, self._deviation)).astype(values.dtype)

        noised = tf.numpy_function(add, [total], total.dtype)
        noised.set_shape(total.shape)
        return noised
