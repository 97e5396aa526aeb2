"""SCAFFOLD for Keras 3."""

import keras

from neursafe_fl._task import TaskError
from neursafe_fl.optimizers import control, velocity_keras


class Scaffold(keras.optimizers.Optimizer):
    """w <- w - learning_rate * v with v <- momentum * v + gradient + c - c_i: SGD with the round's correction.

    Karimireddy et al., "SCAFFOLD: Stochastic Controlled Averaging for Federated Learning", ICML 2020, where momentum is 0. The new
    control variate is read off the path of the steps: (w_start - w_end) / step_length is the mean of what was stepped by, with momentum
    too, where a step's weight is how far it was carried (as in Wang et al., "FedNova", 2020). Weight decay would bend the path.
    """

    def __init__(self, params, learning_rate=0.01, option=2, momentum=0.0, name="scaffold"):
        super().__init__(learning_rate=learning_rate, name=name)
        self.option = control.option_of(option)
        self.momentum = control.momentum_of(momentum)
        self.kept_gradient = None
        self._params = list(params)
        self._given = control.of(self._params)

    def build(self, variables):
        if self.built:
            return
        super().build(variables)
        if [id(variable) for variable in variables] != [id(variable) for variable in self._params]:
            raise TaskError("scaffold trains other weights than it was made for: give params=model.trainable_variables")
        self._corrections = []
        for variable, given in zip(variables, self._given):
            correction = self.add_variable_from_reference(variable, name="correction")
            correction.assign(given)
            self._corrections.append(correction)
        if self.momentum:
            self._velocities = self.add_optimizer_variables(variables, name="velocity")
        self._reach = self.add_variable(shape=(), dtype="float64", name="reach")
        self._length = self.add_variable(shape=(), dtype="float64", name="step_length")

    @property
    def local_steps(self):
        """Steps taken so far."""
        return int(self.iterations)

    @property
    def step_length(self):
        """How far the steps carry a gradient of 1: the sum of their learning rates, with momentum of rate * (1 + momentum + ...)."""
        return float(self._length) if self.built else 0.0

    def keep_gradient(self, gradients):
        """For option 1: `gradients` of the mean loss over all of the client's data at the round's model, in the order of params."""
        if self.local_steps:
            raise TaskError("keep_gradient must be called before the first step: it is the gradient at the round's model")
        gradients = [keras.ops.convert_to_numpy(gradient) for gradient in gradients]
        if [gradient.shape for gradient in gradients] != [tuple(variable.shape) for variable in self._params]:
            raise ValueError("keep_gradient needs one gradient for each of params")
        self.kept_gradient = list(zip(self._params, gradients))

    def apply(self, grads, trainable_variables=None):
        # The rate of this step: a schedule has moved on once it is taken.
        rate = keras.ops.cast(self.learning_rate, "float64")
        super().apply(grads, trainable_variables)
        self._reach.assign(self.momentum * self._reach + 1)
        self._length.assign_add(rate * self._reach)

    def update_step(self, gradient, variable, learning_rate):
        learning_rate = keras.ops.cast(learning_rate, variable.dtype)
        gradient = keras.ops.cast(gradient, variable.dtype)
        index = self._get_variable_index(variable)
        direction = keras.ops.add(gradient, self._corrections[index])
        if self.momentum:
            direction = velocity_keras.advance(self, self._velocities[index], direction, self.momentum)
        self.assign_sub(variable, keras.ops.multiply(direction, learning_rate))

    def get_config(self):
        return {**super().get_config(), "option": self.option, "momentum": self.momentum, "params": self._params}
