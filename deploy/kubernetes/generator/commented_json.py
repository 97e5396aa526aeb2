"""Reads JSON as the deployment guide prints it: with comments (# or //) and commas before a closing bracket.

Every value knows its line, so that a fault can be shown where it stands. Keys given twice are faults too: which one was meant cannot
be known.
"""

import re

MAX_DEPTH = 32
MAX_BYTES = 1 << 20

_SPACE = re.compile(r"(?:[ \t\r\n\ufeff]|#[^\n]*|//[^\n]*)*")
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?(?![0-9A-Za-z_.])")
_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_PLAIN = re.compile(r'[^"\\\x00-\x1f]*')
_ESCAPES = {'"': '"', "\\": "\\", "/": "/", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}
_WORDS = {"true": True, "false": False, "null": None}
# What an input method for Chinese writes in place of JSON's own characters.
_FULL_WIDTH = {"，": ",", "：": ":", "“": '"', "”": '"', "｛": "{", "｝": "}", "［": "[", "］": "]"}


class JsonFault(Exception):
    """The text is no JSON; says why and where."""

    def __init__(self, message, line, column):
        super().__init__("line %d, column %d: %s" % (line, column, message))


class Value:
    """A value and the line it begins in. Objects hold a dict of values, lists a list of them."""

    __slots__ = ("data", "line")

    def __init__(self, data, line):
        self.data = data
        self.line = line

    @property
    def plain(self):
        """The value as json.loads would give it."""
        if isinstance(self.data, dict):
            return {name: value.plain for name, value in self.data.items()}
        if isinstance(self.data, list):
            return [value.plain for value in self.data]
        return self.data


def read(text):
    """The value that the text holds; JsonFault if it holds none."""
    return _Reader(text).whole()


class _Reader:
    def __init__(self, text):
        self.text = text
        self.at = 0

    def whole(self):
        value = self._value(0)
        self._space()
        if self.at < len(self.text):
            raise self._fault("something follows after the end of the configuration: %s" % self._seen())
        return value

    def _value(self, depth):
        self._space()
        line = self._line(self.at)
        if depth > MAX_DEPTH:
            raise self._fault("more than %d levels of brackets" % MAX_DEPTH)
        if self._take("{"):
            return Value(self._members(depth), line)
        if self._take("["):
            return Value(self._items(depth), line)
        if self._next() == '"':
            return Value(self._string(), line)
        number = _NUMBER.match(self.text, self.at)
        if number:
            self.at = number.end()
            digits = number.group()
            return Value(int(digits) if re.fullmatch(r"-?[0-9]{1,18}", digits) else float(digits), line)
        word = _WORD.match(self.text, self.at)
        if word and word.group() in _WORDS:
            self.at = word.end()
            return Value(_WORDS[word.group()], line)
        if word and word.group().lower() in _WORDS:
            raise self._fault("%s is written in small letters: %s" % (word.group(), word.group().lower()))
        raise self._fault("a value is expected, not %s" % self._seen())

    def _members(self, depth):
        members = {}
        while True:
            self._space()
            if self._take("}"):
                return members
            if self._next() != '"':
                raise self._fault('a key in quotation marks or "}" is expected, not %s' % self._seen())
            start = self.at
            name = self._string()
            if name in members:
                raise self._fault('the key "%s" is given twice, first in line %d' % (name, members[name].line), start)
            self._space()
            if not self._take(":"):
                raise self._fault('":" is expected after the key "%s", not %s' % (name, self._seen()))
            members[name] = self._value(depth + 1)
            self._separator("}")

    def _items(self, depth):
        items = []
        while True:
            self._space()
            if self._take("]"):
                return items
            items.append(self._value(depth + 1))
            self._separator("]")

    def _separator(self, closing):
        self._space()
        if not self._take(",") and self._next() != closing:
            raise self._fault('"," or "%s" is expected, not %s' % (closing, self._seen()))

    def _string(self):
        start = self.at
        self.at += 1
        parts = []
        while True:
            plain = _PLAIN.match(self.text, self.at)
            parts.append(plain.group())
            self.at = plain.end()
            if self._take('"'):
                return self._whole_characters("".join(parts), start)
            if not self._take("\\"):
                raise self._fault("the text that begins here has no closing quotation mark in its line", start)
            parts.append(self._escaped())

    def _whole_characters(self, text, start):
        """Two escapes may make one character; half of one is none."""
        try:
            return text.encode("utf-16", "surrogatepass").decode("utf-16")
        except UnicodeDecodeError:
            raise self._fault("the text holds half a character (\\ud800 to \\udfff)", start) from None

    def _escaped(self):
        kind = self._next()
        if kind in _ESCAPES:
            self.at += 1
            return _ESCAPES[kind]
        code = re.compile(r"u([0-9a-fA-F]{4})").match(self.text, self.at)
        if not code:
            raise self._fault('after "\\" one of " \\ / b f n r t u0000 is expected, not %s' % self._seen())
        self.at = code.end()
        return chr(int(code.group(1), 16))

    def _space(self):
        self.at = _SPACE.match(self.text, self.at).end()

    def _next(self):
        return self.text[self.at:self.at + 1]

    def _take(self, character):
        if self._next() == character:
            self.at += 1
            return True
        return False

    def _seen(self):
        seen = self._next()
        if not seen:
            return "the end of the file"
        if seen in _FULL_WIDTH:
            return "the full-width %s (write %s)" % (seen, _FULL_WIDTH[seen])
        word = _WORD.match(self.text, self.at)
        return repr(word.group() if word else seen)

    def _line(self, at):
        return self.text.count("\n", 0, at) + 1

    def _fault(self, message, at=None):
        at = self.at if at is None else at
        return JsonFault(message, self._line(at), at - self.text.rfind("\n", 0, at))
