"""An object of the configuration, read key by key; knows its path and which keys nobody asked for."""

import difflib
import re

from . import formats
from .commented_json import Value

_MISSING = object()


class Section:
    """Keys are asked for by name; a value in a wrong form is a fault, and the default (or a harmless stand-in) is returned."""

    def __init__(self, path, value, findings):
        self.path = path
        self.findings = findings
        self.value = value
        self.members = value.data if value is not None else {}
        self.asked = {}
        self.children = []

    # -- structure

    def section(self, name, required=False):
        """The object of this name; an empty one where there is none."""
        value = self._find(name)
        if value is not None and not isinstance(value.data, dict):
            self.fault(name, "must be an object: { … }", value)
            value = None
        elif value is None and required:
            self.fault(name, "is missing", suggestion="give this object; the guide and template/ show a whole one")
        child = _Silent(self, name) if value is None and required else Section(self._at(name), value, self.findings)
        self.children.append(child)
        return child

    def given(self, name):
        value = self.members.get(name)
        return value is not None and value.data is not None

    def raw(self, name):
        """The value as it stands, or None."""
        return self._find(name)

    # -- scalars

    def text(self, name, check=None, default=_MISSING, meaning=""):
        """A text. check: text -> (what it is read as, what is wrong), either empty."""
        value = self._required(name, default, meaning)
        if value is None:
            return "" if default is _MISSING else default
        if isinstance(value.data, (dict, list, bool)):
            self.fault(name, "must be a text in quotation marks", value)
            return "" if default is _MISSING else default
        given = str(value.data).strip()
        if not given:
            if default is _MISSING:
                self.fault(name, "is empty", value, "give " + (meaning or "a value"))
            return "" if default is _MISSING else default
        if re.search(r"[\x00-\x1f\x7f]", given):
            self.fault(name, "must not hold line breaks or other control characters", value)
            return given
        if check is None:
            return given
        verdict = check(given)
        if verdict.wrong:
            self.fault(name, verdict.wrong, value, verdict.suggestion)
            return given
        if verdict.repaired:
            self.findings.warn(self._at(name), "is read as %s" % verdict.text, value, verdict.suggestion)
        return verdict.text

    def choice(self, name, choices, default=_MISSING, meaning=""):
        """One of a few words, in any case."""

        def check(given):
            for choice in choices:
                if choice.lower() == given.lower():
                    return formats.read_as(choice)
            return formats.refused("must be one of " + ", ".join(choices), suggest(given, choices))

        return self.text(name, check, default, meaning)

    def whole(self, name, low, high, default=_MISSING, meaning="", limits=""):
        """A whole number, also as a text."""
        value = self._required(name, default, meaning)
        if value is None:
            return 0 if default is _MISSING else default
        given = value.data.strip() if isinstance(value.data, str) else value.data
        number = None
        if isinstance(given, int) and not isinstance(given, bool):
            number = given
        elif isinstance(given, float) and given == int(given):
            number = int(given)
        elif isinstance(given, str) and re.fullmatch(r"-?[0-9]{1,18}", given):
            number = int(given)
        if number is None or not low <= number <= high:
            self.fault(name, "must be a whole number from %d to %d" % (low, high), value, limits)
            return 0
        return number

    def port(self, name, default=_MISSING, meaning="", node=False):
        """A port; node: one that Kubernetes opens on the nodes."""
        if node:
            hint = "a port that is open outside is one of Kubernetes' node ports"
            return self.whole(name, 30000, 32767, default, meaning, hint)
        return self.whole(name, 1024, 65535, default, meaning)

    def truth(self, name, default):
        """true or false, also as a text in any case."""
        value = self._find(name)
        if value is None or value.data is None:
            return default
        given = str(value.data).strip().lower()
        if isinstance(value.data, (str, bool)) and given in ("true", "false"):
            return given == "true"
        self.fault(name, "must be true or false", value)
        return default

    def names(self, name, check):
        """Names with commas between them, or a list of them; each checked."""
        value = self._find(name)
        if value is None or value.data is None:
            return []
        if isinstance(value.data, list):
            given = [str(item.data).strip() for item in value.data]
        elif isinstance(value.data, str):
            given = [item.strip() for item in value.data.split(",")]
        else:
            self.fault(name, "must be names with commas between them", value)
            return []
        names = []
        for item in filter(None, given):
            verdict = check(item)
            if verdict.wrong:
                self.fault(name, '"%s" %s' % (item, verdict.wrong), value, verdict.suggestion)
            else:
                names.append(verdict.text)
        return names

    def variables(self, name):
        """Environment variables: names with scalar values; numbers and truths become texts, as Kubernetes wants them."""
        variables = {}
        for variable, value in self.section(name).entries():
            if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", variable):
                self.fault("%s.%s" % (name, variable), "is no name of an environment variable", value)
            elif isinstance(value.data, (dict, list)):
                self.fault("%s.%s" % (name, variable), "must be one value: a text, a number or a truth", value)
            elif value.data is not None:
                variables[variable] = formats.as_text(value.data)
        return variables

    def entries(self):
        """All members, as asked for."""
        self.asked.update(dict.fromkeys(self.members))
        return sorted(self.members.items(), key=lambda entry: entry[1].line)

    # -- findings

    def fault(self, name, message, value=None, suggestion=""):
        self.findings.fault(self._at(name), message, value, suggestion)

    def warn(self, name, message, value=None, suggestion=""):
        self.findings.warn(self._at(name), message, value, suggestion)

    def report_unknown(self):
        """Warns of each key, here and below, that nobody asked for."""
        for name, value in self.members.items():
            if name not in self.asked:
                near = suggest(name, list(self.asked))
                self.findings.warn(self._at(name), "is not known and has no effect", value, near)
        for child in self.children:
            child.report_unknown()

    def _at(self, name):
        return "%s.%s" % (self.path, name) if self.path else name

    def _find(self, name):
        self.asked[name] = True
        return self.members.get(name)

    def _required(self, name, default, meaning):
        value = self._find(name)
        if value is not None and value.data is not None:
            return value
        if default is _MISSING:
            self.fault(name, "is missing", suggestion="give " + (meaning or "a value"))
        return None


class _Silent(Section):
    """Stands for a required object that is absent: that is told once, not for every key in it."""

    def __init__(self, parent, name):
        super().__init__(parent._at(name), Value({}, 0), parent.findings)

    def section(self, name, required=False):
        child = _Silent(self, name)
        self.children.append(child)
        return child

    def fault(self, name, message, value=None, suggestion=""):
        pass


def suggest(word, choices):
    """A hint at what was meant, or nothing."""
    near = difflib.get_close_matches(word.lower(), [choice.lower() for choice in choices], 1, 0.6)
    for choice in choices:
        if near and choice.lower() == near[0]:
            return "did you mean %s?" % choice
    return ""
