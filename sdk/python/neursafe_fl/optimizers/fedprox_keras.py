"""FedProx for Keras 3."""

import keras


def create(origin_trainable_weights=None, learning_rate=0.01, mu=0.6, **_):
    if origin_trainable_weights is None:
        raise TypeError(
            "fedprox needs origin_trainable_weights=model.trainable_variables, taken right after load_weights(model)"
        )
    return FedProx(origin_trainable_weights, learning_rate=learning_rate, mu=mu)


class FedProx(keras.optimizers.Optimizer):
    """w <- w - learning_rate * (gradient + mu * (w - w_global)), w_global being the values given at construction.

    A weight finds its anchor by its position among the trainable variables.
    """

    def __init__(self, origin_trainable_weights, learning_rate=0.01, mu=0.6, name="fedprox", **kwargs):
        super().__init__(learning_rate=learning_rate, name=name, **kwargs)
        if mu < 0:
            raise ValueError(f"mu must not be negative, not {mu}")
        self.mu = mu
        self._origin = [keras.ops.convert_to_numpy(weight) for weight in origin_trainable_weights]

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

    def update_step(self, gradient, variable, learning_rate):
        learning_rate = keras.ops.cast(learning_rate, variable.dtype)
        anchor = self._anchors[self._get_variable_index(variable)]
        drift = keras.ops.subtract(variable, anchor)
        self.assign_sub(variable, learning_rate * (gradient + self.mu * drift))

    def get_config(self):
        return {**super().get_config(), "mu": self.mu, "origin_trainable_weights": self._origin}
