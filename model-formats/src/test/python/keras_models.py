"""Makes Keras models for the tests of io.nsfl.modelformats, and checks copies of them that Java wrote.

    python keras_models.py make  <keras2|keras3> <directory>   writes <model>.h5, <model>.weights.h5 (Keras 2 also <model>.old.h5)
                                                               and <file>.safetensors: get_weights() as tensors 0000, 0001, ...
    python keras_models.py check <keras2|keras3> <directory>   loads copy/<file> and compares with copy/<file>.safetensors

The files under src/test/resources/models were made by "small", which is "make" with the models of SMALL.
"""
import os
import pathlib
import sys

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np
from safetensors.numpy import load_file, save_file

KERAS = sys.argv[2]
if KERAS == "keras2":
    import tf_keras as keras
else:
    import keras
L = keras.layers


def given(shape):
    return L.InputLayer(input_shape=shape) if KERAS == "keras2" else L.Input(shape)


def sequential():
    return keras.Sequential([
        given((8, 8, 1)), L.Conv2D(2, 3), L.BatchNormalization(), L.ReLU(), L.Flatten(), L.Dropout(0.2), L.Dense(3)])


def nested():
    innermost = keras.Sequential([given((6, 6, 2)), L.Conv2D(2, 3), L.BatchNormalization()], name="innermost")
    inner = keras.Sequential(
        [given((8, 8, 1)), L.Conv2D(2, 3, name="cv"), L.BatchNormalization(name="bn"), innermost, L.Flatten()], name="inner")
    x = keras.Input((8, 8, 1))
    y = L.Dense(4, name="zz")(inner(x))
    y = L.BatchNormalization(name="abn")(y)
    return keras.Model(x, L.Dense(3, name="out")(L.Dropout(0.2)(y)))


def frozen():
    model = nested()
    model.get_layer("inner").get_layer("cv").trainable = False
    model.get_layer("inner").get_layer("bn").trainable = False
    return model


def recurrent():
    x = keras.Input((5,), dtype="int32")
    y = L.Embedding(10, 4)(x)
    y = L.Bidirectional(L.LSTM(3, return_sequences=True))(y)
    y = L.LayerNormalization()(L.GRU(2)(y))
    return keras.Model(x, L.Dense(2)(y))


def normalized():
    normalization = L.Normalization()
    normalization.adapt(np.arange(12.0).reshape(4, 3))
    return keras.Sequential([given((3,)), normalization, L.Dense(2)])


def deep():
    layers = [given((4,))]
    for i in range(60):
        layers.append(L.Dense(4) if i % 3 else L.BatchNormalization())
    return keras.Sequential(layers)


def attentive():
    x = keras.Input((6, 4))
    y = L.MultiHeadAttention(2, 3)(x, x)
    return keras.Model(x, L.Dense(2)(L.BatchNormalization()(y)))


def half():
    return keras.Sequential([given((3,)), L.Dense(2, dtype="float16"), L.Dense(2, dtype="float64")])


SMALL = {"sequential": sequential, "nested": nested}
ALL = SMALL | {"frozen": frozen, "recurrent": recurrent, "normalized": normalized, "deep": deep, "attentive": attentive, "half": half}


def inputs(model):
    shape = (4,) + tuple(model.input_shape[1:])
    rng = np.random.default_rng(3)
    return rng.integers(0, 9, shape) if len(shape) == 2 and shape[1] == 5 else rng.normal(size=shape).astype("float32")


def files(name):
    yield f"{name}.h5"
    yield f"{name}.weights.h5"
    if KERAS == "keras2":
        yield f"{name}.old.h5"


def reference(path, weights):
    tensors = {f"{i:04}": np.array(w, order="C") for i, w in enumerate(weights)}
    save_file(tensors, f"{path}.safetensors")


def make(directory, models):
    directory.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(7)
    for name, build in models.items():
        model = build()
        if name in SMALL:
            model.compile("adam", keras.losses.MeanSquaredError())
            model.fit(inputs(model), np.zeros((4,) + tuple(model.output_shape[1:])), verbose=0)
        model.set_weights([
            rng.uniform(0.5, 1.5, w.shape).astype(w.dtype) if w.dtype.kind == "f" else w for w in model.get_weights()])
        for file in files(name):
            # A weights file without configuration does not tell where a frozen layer's weights belong.
            if name == "frozen" and file.endswith(".old.h5"):
                continue
            (model.save if file == f"{name}.h5" else model.save_weights)(str(directory / file))
            reference(directory / file, model.get_weights())


def check(directory):
    for name, build in ALL.items():
        for file in files(name):
            if not (directory / file).exists():
                continue
            expected = [w for _, w in sorted(load_file(directory / "copy" / f"{file}.safetensors").items())]
            copy = str(directory / "copy" / file)
            if file == f"{name}.h5":
                loaded = keras.models.load_model(copy)
            else:
                loaded = build()
                loaded.load_weights(copy)
            actual = loaded.get_weights()
            assert len(actual) == len(expected), f"{file}: {len(actual)} weights for {len(expected)}"
            for i, (a, e) in enumerate(zip(actual, expected)):
                assert a.dtype == e.dtype and a.shape == e.shape and a.tobytes() == e.tobytes(), f"{file}: weight {i} differs"
            same = build()
            same.set_weights(expected)
            for layer in loaded.layers + same.layers:
                # Normalization computes with what it derives from its weights, and not at once when they are set.
                if hasattr(layer, "finalize_state"):
                    layer.finalize_state()
            x = inputs(loaded)
            np.testing.assert_array_equal(loaded.predict(x, verbose=0), same.predict(x, verbose=0), err_msg=file)
    print("checked")


if __name__ == "__main__":
    target = pathlib.Path(sys.argv[3])
    if sys.argv[1] == "make":
        make(target, ALL)
    elif sys.argv[1] == "small":
        make(target, SMALL)
    else:
        check(target)
