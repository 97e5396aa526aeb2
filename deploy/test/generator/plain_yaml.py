"""Reads the YAML that the generator writes: block mappings and lists, one-line lists, scalars. Anything else is an error, on purpose."""

import json
import re

_KEY = re.compile(r'("(?:[^"\\]|\\.)*"|[A-Za-z0-9_./-]+):(?: (.*))?$')


def documents(text):
    """The documents of a file."""
    found = []
    for part in re.split(r"^---$", text, flags=re.M):
        lines = [line for line in part.split("\n") if line.strip() and not line.strip().startswith("#")]
        rows = [(len(line) - len(line.lstrip(" ")), line.strip()) for line in lines]
        value, rest = _block(rows, 0)
        if rest != len(rows):
            raise ValueError("not read to the end: %r" % (rows[rest],))
        found.append(value)
    return found


def _block(rows, at):
    indent = rows[at][0]
    return _list(rows, at, indent) if rows[at][1].startswith("- ") else _mapping(rows, at, indent)


def _mapping(rows, at, indent):
    mapping = {}
    while at < len(rows) and rows[at][0] == indent and not rows[at][1].startswith("- "):
        matched = _KEY.match(rows[at][1])
        if not matched:
            raise ValueError("no key: %r" % (rows[at],))
        key = _scalar(matched.group(1))
        if key in mapping:
            raise ValueError("key twice: %s" % key)
        if matched.group(2) is not None:
            mapping[key], at = _scalar(matched.group(2)), at + 1
        else:
            if at + 1 >= len(rows) or rows[at + 1][0] <= indent:
                raise ValueError("nothing below %r" % (rows[at],))
            mapping[key], at = _block(rows, at + 1)
    return mapping, at


def _list(rows, at, indent):
    items = []
    while at < len(rows) and rows[at][0] == indent and rows[at][1].startswith("- "):
        first = rows[at][1][2:]
        if _KEY.match(first):
            rows = rows[:at] + [(indent + 2, first)] + rows[at + 1:]
            item, at = _mapping(rows, at, indent + 2)
        else:
            item, at = _scalar(first), at + 1
        items.append(item)
    return items, at


def _scalar(text):
    if text[0] in '"[' or text in ("{}", "true", "false") or re.fullmatch(r"-?[0-9]+", text):
        return json.loads(text)
    if not re.fullmatch(r"[A-Za-z/][A-Za-z0-9_.,/:@-]*", text):
        raise ValueError("no plain scalar: %r" % text)
    return text
