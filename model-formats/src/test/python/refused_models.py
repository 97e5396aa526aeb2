"""Makes the files under src/test/resources/models/refused: HDF5 that h5py can write and a reader of weights must refuse.

    python refused_models.py <directory>
"""
import pathlib
import sys

import h5py
import numpy as np


def model(path, fill, **options):
    with h5py.File(path, "w", **options) as file:
        file.attrs["layer_names"] = np.asarray([b"dense"])
        group = file.create_group("dense")
        group.attrs["weight_names"] = np.asarray([b"dense/kernel:0"])
        fill(group)


def main(directory):
    directory.mkdir(parents=True, exist_ok=True)
    values = np.arange(64, dtype="float32")
    name = "dense/kernel:0"
    model(directory / "plain.h5", lambda g: g.create_dataset(name, data=values))
    model(directory / "chunked.h5", lambda g: g.create_dataset(name, data=values, chunks=(16,)))
    model(directory / "compressed.h5", lambda g: g.create_dataset(name, data=values, compression="gzip"))
    model(directory / "big_endian.h5", lambda g: g.create_dataset(name, data=values.astype(">f4")))
    model(directory / "complex.h5", lambda g: g.create_dataset(name, data=values.astype("complex64")))
    model(directory / "text.h5", lambda g: g.create_dataset(name, data=[b"a", b"b"]))
    model(directory / "unwritten.h5", lambda g: g.create_dataset(name, (64,), "float32"))
    model(directory / "other_file.h5", lambda g: g.create_dataset(
        name, (64,), "float32", external=[("/etc/passwd", 0, 256)]))
    model(directory / "external_link.h5", lambda g: g.__setitem__("dense", h5py.ExternalLink("/etc/passwd", "/x")))
    model(directory / "soft_link.h5", lambda g: g.__setitem__("dense", h5py.SoftLink("/dense")))
    model(directory / "circle.h5", lambda g: g.__setitem__("dense", g))
    model(directory / "absent.h5", lambda g: None)
    model(directory / "latest.h5", lambda g: g.create_dataset(name, data=values), libver="latest")

    with h5py.File(directory / "circle.weights.h5", "w") as file:
        layers = file.create_group("layers")
        layers["dense"] = layers


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]))
