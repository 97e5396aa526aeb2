"""Writes the files all or none: each beside its place first, and only when all are there they take their names."""

import os
import tempfile
from pathlib import Path


def write(directory, files):
    """files: name -> text. OSError leaves the directory as it was, but for a rename that fails half-way."""
    target = Path(directory)
    target.mkdir(parents=True, exist_ok=True)
    staged = []
    try:
        for name, text in files.items():
            handle, path = tempfile.mkstemp(prefix="." + name + ".", dir=str(target))
            staged.append((path, target / name))
            with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
                file.write(text)
            os.chmod(path, 0o644)
        for path, place in staged:
            os.replace(path, str(place))
    finally:
        for path, _ in staged:
            if os.path.exists(path):
                os.unlink(path)
