"""Momentum for Keras, of torch's kind: the rate of a step is not in its velocity."""

import keras


def advance(optimizer, velocity, direction, momentum):
    """v <- momentum * v + direction, v being a variable of the optimizer that begins with zeros."""
    direction = keras.ops.add(keras.ops.multiply(momentum, velocity), direction)
    optimizer.assign(velocity, direction)
    return direction
