"""Runs one call of a job's extender: reads request.json in the directory it is given, writes out/response.json there.

A process of its own for each call; whatever it prints is its log. Needs the standard library, and numpy only where an extender looks at
weights.
"""

import collections
import collections.abc
import importlib.util
import json
import os
import shutil
import struct
import sys

NUMPY_MISSING = (
    "The extender looks at weights, which needs numpy in the coordinator's Python (%s): install it there "
    "(pip install numpy), or name another Python in EXTENDER_PYTHON." % sys.executable
)
DTYPES = {
    "F64": "<f8", "F32": "<f4", "F16": "<f2", "I64": "<i8", "I32": "<i4", "I16": "<i2", "I8": "|i1",
    "U64": "<u8", "U32": "<u4", "U16": "<u2", "U8": "|u1", "BOOL": "|b1",
}


# Of tensors that algorithms send beside the model's, changes of control variates for example: nothing an extender could know what to do with.
BESIDE = "nsfl:"


class Problem(Exception):
    """What is wrong, in words for the one who wrote the extender."""


class Struct(dict):
    """A dict whose keys are attributes too."""

    def __getattr__(self, name):
        try:
            return self[name]
        except KeyError:
            raise AttributeError(name) from None


class Updates(collections.abc.Mapping):
    """One client's update as `aggregate` gets it; attributes, also by key."""

    KEYS = ("weights", "metrics", "custom_files", "custom_params", "client_id")

    def __init__(self, entry, as_list):
        self.client_id = entry["client_id"]
        self.metrics = Struct(entry["metrics"])
        self.custom_files = entry["files"]
        self.custom_params = Struct(read_json(entry["params"])) if entry["params"] else Struct()
        self._file = entry["weights"]
        self._as_list = as_list
        self._weights = None

    @property
    def weights(self):
        """The update: a list in the model's order for TensorFlow, an OrderedDict by name else. Read when it is asked for."""
        if self._weights is None:
            named = read_tensors(self._file)
            self._weights = list(named.values()) if self._as_list else named
        return self._weights

    def __getitem__(self, key):
        if key not in self.KEYS:
            raise KeyError(key)
        return getattr(self, key)

    def __iter__(self):
        return iter(self.KEYS)

    def __len__(self):
        return len(self.KEYS)


def read_json(path):
    with open(path, encoding="utf-8") as file:
        value = json.load(file)
    if not isinstance(value, dict):
        raise Problem("%s is not a JSON object." % os.path.basename(path))
    return value


def numpy():
    try:
        import numpy as module
    except ImportError:
        raise Problem(NUMPY_MISSING) from None
    return module


def read_tensors(path):
    np = numpy()
    tensors = collections.OrderedDict()
    with open(path, "rb") as file:
        (length,) = struct.unpack("<Q", file.read(8))
        header = json.loads(file.read(length))
        header.pop("__metadata__", None)
        start = 8 + length
        for name, entry in header.items():
            if name.startswith(BESIDE):
                continue
            begin, end = entry["data_offsets"]
            file.seek(start + begin)
            raw = bytearray(file.read(end - begin))
            if entry["dtype"] == "BF16":
                array = (np.frombuffer(raw, "<u2").astype("<u4") << 16).view("<f4")
            else:
                array = np.frombuffer(raw, DTYPES[entry["dtype"]])
            tensors[name] = array.reshape(entry["shape"])
    return tensors


def write_tensors(path, weights, specs):
    """Writes what the extender returned under the names, types and shapes of the round's update."""
    np = numpy()
    if isinstance(weights, (list, tuple)):
        if len(weights) != len(specs):
            raise Problem("The extender returned %d weights instead of %d." % (len(weights), len(specs)))
        weights = {spec["name"]: array for spec, array in zip(specs, weights)}
    if not isinstance(weights, collections.abc.Mapping):
        raise Problem("The extender's weights must be a list of arrays or a dict of arrays by name.")
    known = {spec["name"] for spec in specs}
    unknown = [str(name) for name in weights if name not in known]
    if unknown:
        raise Problem("The extender returned weights that the model does not have: %s." % ", ".join(unknown[:5]))
    header, blobs, at = {}, [], 0
    for spec in specs:
        if spec["name"] not in weights:
            continue
        array = np.asarray(weights[spec["name"]])
        if list(array.shape) != spec["shape"]:
            raise Problem(
                "The extender returned %s with shape %s instead of %s." % (spec["name"], list(array.shape), spec["shape"])
            )
        try:
            blob = np.ascontiguousarray(array).astype(DTYPES[spec["dtype"]]).tobytes()
        except (TypeError, ValueError) as failed:
            raise Problem("The extender returned no numbers for %s: %s" % (spec["name"], failed)) from None
        header[spec["name"]] = {"dtype": spec["dtype"], "shape": spec["shape"], "data_offsets": [at, at + len(blob)]}
        blobs.append(blob)
        at += len(blob)
    text = json.dumps(header).encode("utf-8")
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        for blob in blobs:
            file.write(blob)


def load(request):
    entry = request["entry"]
    sys.path.insert(0, os.path.dirname(entry))
    spec = importlib.util.spec_from_file_location("nsfl_extender", entry)
    if spec is None:
        raise Problem("The extender's entry %s is no Python file." % os.path.basename(entry))
    module = importlib.util.module_from_spec(spec)
    sys.modules["nsfl_extender"] = module
    spec.loader.exec_module(module)
    functions = {}
    for role, name in request["functions"].items():
        function = getattr(module, name, None)
        if not callable(function):
            raise Problem(
                "The extender's entry %s has no function %s, which the job names as %s."
                % (os.path.basename(entry), name, role)
            )
        functions[role] = function
    return functions


def broadcast(function, request, out):
    result = function(dict(request["parameters"]))
    if not isinstance(result, (list, tuple)) or len(result) != 2:
        raise Problem("The extender's broadcast must return (files, params).")
    files, params = result
    files, params = files or {}, params or {}
    if not isinstance(files, dict) or not isinstance(params, dict):
        raise Problem("The extender's broadcast must return two dicts: files by name, and parameters.")
    names = []
    for name, path in files.items():
        if not isinstance(path, (str, os.PathLike)) or not os.path.isfile(path):
            raise Problem("The extender's broadcast names the file %s for %s, which does not exist." % (path, name))
        # Under a number: what the script calls it is the coordinator's to judge.
        shutil.copyfile(path, os.path.join(out, "file-%d" % len(names)))
        names.append(str(name))
    return {"files": names, "params": params}


def end_of_round(functions, request, out):
    result = None
    if "aggregate" in functions:
        as_list = request["runtime"] == "tensorflow"
        for entry in request["updates"]:
            result = functions["aggregate"](Updates(entry, as_list), result)
            if not isinstance(result, dict):
                raise Problem("The extender's aggregate must return a dict.")
    finished = functions["finish"](result if result is not None else {}) if "finish" in functions else None
    if request["weights_wanted"]:
        weights = finished.get("weights") if isinstance(finished, dict) else None
        if weights is None and result is not None:
            weights = result.get("weights")
        if weights is None:
            raise Problem(
                'The job\'s aggregation is "extender", but neither finish nor the last aggregate returned a dict with weights.'
            )
        write_tensors(os.path.join(out, "weights.safetensors"), weights, request["tensors"])
    return {}


def main(work):
    request = read_json(os.path.join(work, "request.json"))
    out = os.path.join(work, "out")
    try:
        functions = load(request)
        if request["call"] == "broadcast":
            response = broadcast(functions["broadcast"], request, out)
        elif request["call"] == "round":
            response = end_of_round(functions, request, out)
        else:
            response = {}
        text = json.dumps(response)
    except Problem as problem:
        text = json.dumps({"problem": str(problem)})
    with open(os.path.join(out, "response.json"), "w", encoding="utf-8") as file:
        file.write(text)


if __name__ == "__main__":
    main(sys.argv[1])
