"""FedProx for Keras 3."""

import keras

from neursafe_fl.optimizers import control, velocity_keras


class FedProx(keras.optimizers.Optimizer):
    """w <- w - learning_rate * v with v <- momentum * v + gradient + mu * (w - w_global), w_global being the values given at construction.

    mu = 0 is SGD, momentum = 0 the paper's. A weight finds its anchor by its position among the trainable variables.
    """

    def __init__(self, origin_trainable_weights, learning_rate=0.01, mu=0.6, momentum=0.0, name="fedprox", **kwargs):
        super().__init__(learning_rate=learning_rate, name=name, **kwargs)
        if mu < 0:
            raise ValueError(f"mu must not be negative, not {mu}")
        self.mu = mu
        self.momentum = control.momentum_of(momentum)
        self._origin = [keras.ops.convert_to_numpy(weight) for weight in origin_trainable_weights]

    @property
    def local_steps(self):
        """Steps taken so far."""
        return int(self.iterations)

    def build(self, variables):
        if self.built:
            return
        super().build(variables)
        if [tuple(weight.shape) for weight in self._origin] != [tuple(variable.shape) for variable in variables]:
            raise ValueError("origin_trainable_weights are not the weights of the model that is trained")
        self._anchors = []
        for variable, origin in zip(variables, self._origin):
            anchor = self.add_variable_from_reference(variable, name="anchor")
            anchor.assign(origin)
            self._anchors.append(anchor)
        if self.momentum:
            self._velocities = self.add_optimizer_variables(variables, name="velocity")

    def update_step(self, gradient, variable, learning_rate):
        learning_rate = keras.ops.cast(learning_rate, variable.dtype)
        gradient = keras.ops.cast(gradient, variable.dtype)
        index = self._get_variable_index(variable)
        if self.mu != 0:
            anchor = self._anchors[index]
            gradient = keras.ops.add(gradient, keras.ops.multiply(self.mu, keras.ops.subtract(variable, anchor)))
        if self.momentum:
            gradient = velocity_keras.advance(self, self._velocities[index], gradient, self.momentum)
        self.assign_sub(variable, keras.ops.multiply(gradient, learning_rate))

    def get_config(self):
        return {**super().get_config(), "mu": self.mu, "momentum": self.momentum, "origin_trainable_weights": self._origin}
