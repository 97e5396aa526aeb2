"""What is wrong with a configuration, and what was changed in it: collected, then told all at once."""

import json


class Findings:
    """Faults (nothing is written) and warnings (it is read in a way the user should know of)."""

    def __init__(self):
        self.faults = []
        self.warnings = []

    def fault(self, path, message, value=None, suggestion=""):
        self.faults.append((_line(value), _sentence(path, message, value, suggestion)))

    def warn(self, path, message, value=None, suggestion=""):
        self.warnings.append((_line(value), _sentence(path, message, value, suggestion)))


def in_order(findings, file_name):
    """Sentences by line; what has no line (absent keys) comes last."""
    return [
        "%s:%s %s" % (file_name, "%d:" % line if line else "", sentence)
        for line, sentence in sorted(findings, key=lambda finding: finding[0] or 1 << 30)
    ]


def _line(value):
    return value.line if value is not None else 0


def _sentence(path, message, value, suggestion):
    shown = ""
    if value is not None:
        shown = json.dumps(value.plain, ensure_ascii=False)
        shown = " = " + (shown if len(shown) <= 100 else shown[:99] + "…")
    return "%s%s: %s%s" % (path, shown, message, "; " + suggestion if suggestion else "")
