"""What the tests of the generator share: running it, the guide's configurations, and broken copies of them."""

import copy
import io
import json
import os
import sys
import tempfile
import unittest
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent.parent
KUBERNETES = ROOT / "deploy" / "kubernetes"
TEMPLATES = KUBERNETES / "template"

sys.dont_write_bytecode = True
sys.path.insert(0, str(KUBERNETES))

from generator import command, commented_json  # noqa: E402


class Run:
    """One call of the command line."""

    def __init__(self, side, text, name="config.json"):
        self.directory = tempfile.TemporaryDirectory()
        home = Path(self.directory.name)
        (home / name).write_text(text, encoding="utf-8")
        self.output = home / "output"
        out, err = io.StringIO(), io.StringIO()
        arguments = ["--type", side, "--config_file", str(home / name), "--output", str(self.output)]
        with redirect_stdout(out), redirect_stderr(err):
            self.code = command.main(arguments)
        self.out, self.err = out.getvalue(), err.getvalue()

    @property
    def files(self):
        """name -> text of what was written."""
        if not self.output.exists():
            return {}
        return {path.name: path.read_text(encoding="utf-8") for path in sorted(self.output.iterdir())}

    def errors(self):
        return [line for line in self.err.splitlines() if line.startswith("error: ")]

    def warnings(self):
        return [line for line in self.err.splitlines() if line.startswith("warning: ")]


class GeneratorTest(unittest.TestCase):
    """Cleans up after its runs."""

    def run_with(self, side, config):
        text = config if isinstance(config, str) else json.dumps(config, ensure_ascii=False)
        run = Run(side, text)
        self.addCleanup(run.directory.cleanup)
        return run


def guide_text(side):
    """The guide's own block."""
    return (TEMPLATES / (side + "_config.json")).read_text(encoding="utf-8")


def guide(side):
    """The guide's block as data."""
    return commented_json.read(guide_text(side)).plain


def leaves(config, path=()):
    """(path, value) of every scalar."""
    for name, value in config.items():
        if isinstance(value, dict):
            yield from leaves(value, path + (name,))
        else:
            yield path + (name,), value


def changed(config, path, value):
    """A copy with another value at the path; Ellipsis removes the key."""
    config = copy.deepcopy(config)
    inner = config
    for name in path[:-1]:
        inner = inner.setdefault(name, {})
    if value is ...:
        inner.pop(path[-1], None)
    else:
        inner[path[-1]] = value
    return config


def golden(name):
    return HERE / "golden" / name


def update_golden():
    return os.environ.get("UPDATE_GOLDEN") == "1"
