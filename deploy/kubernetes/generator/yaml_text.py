"""Writes data as YAML blocks; only what templates need: mappings, lists, texts, whole numbers, truths."""

import json
import re

# Texts of this form mean themselves to every YAML parser, old or new.
_PLAIN = re.compile(r"[A-Za-z/][A-Za-z0-9_./-]*")
_UNPRINTED = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")
_WORDS = {"true", "false", "yes", "no", "on", "off", "null", "y", "n"}


def scalar(value):
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if _PLAIN.fullmatch(value) and value.lower() not in _WORDS:
        return value
    # A JSON string is a YAML string too, but for what YAML takes for a line's end or does not print.
    return _UNPRINTED.sub(lambda found: "\\u%04x" % ord(found.group()), json.dumps(value, ensure_ascii=False))


def lines(data):
    """The block's lines, without indentation of their own. Empty data has none."""
    if isinstance(data, dict):
        return [line for name, value in data.items() for line in _member(name, value)]
    written = []
    for item in data:
        if isinstance(item, (dict, list)) and item:
            inner = lines(item)
            written.append("- " + inner[0])
            written += ["  " + line for line in inner[1:]]
        else:
            written.append("- " + _empty_or_scalar(item))
    return written


def _member(name, value):
    key = scalar(name) + ":"
    if isinstance(value, (dict, list)) and value:
        return [key] + ["  " + line for line in lines(value)]
    return [key + " " + _empty_or_scalar(value)]


def _empty_or_scalar(value):
    if value == {} and isinstance(value, dict):
        return "{}"
    if value == [] and isinstance(value, list):
        return "[]"
    return scalar(value)
