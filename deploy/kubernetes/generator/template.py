"""Fills @NAME@ in templates.

A line that holds nothing but @NAME@ takes a block of YAML at its indentation (no line where the block is empty). Where @NAME@ is all that
follows a key, it is quoted if YAML wants that. Elsewhere it is taken as it is: such values have been checked.
"""

import re
from pathlib import Path

from . import yaml_text

DIRECTORY = Path(__file__).resolve().parent.parent / "template"
_BLOCK = re.compile(r"( *)@([A-Z][A-Z0-9_]*)@")
_WHOLE = re.compile(r"( *(?:- )?[A-Za-z0-9./-]+: )@([A-Z][A-Z0-9_]*)@")
_NAME = re.compile(r"@([A-Z][A-Z0-9_]*)@")


def fill(file_name, values):
    """The template's text with all its names filled in. KeyError for a name that has no value: the template is wrong then."""
    text = (DIRECTORY / file_name).read_text(encoding="utf-8")
    return "".join(line + "\n" for given in text.splitlines() for line in _filled(given, values, file_name))


def _filled(line, values, file_name):
    block = _BLOCK.fullmatch(line)
    if block and isinstance(_value(block.group(2), values, file_name), (dict, list)):
        return [block.group(1) + inner for inner in yaml_text.lines(values[block.group(2)])]
    whole = _WHOLE.fullmatch(line)
    if whole:
        return [whole.group(1) + yaml_text.scalar(_value(whole.group(2), values, file_name))]
    return [_NAME.sub(lambda name: str(_value(name.group(1), values, file_name)), line)]


def _value(name, values, file_name):
    if name not in values:
        raise KeyError("%s wants @%s@, which nothing fills in" % (file_name, name))
    return values[name]
