"""Prints the fenced blocks of a language in a document, without the indentation of their list: cut.py LANGUAGE FILE [INDEX]."""

import re
import sys
import textwrap

language, path = sys.argv[1:3]
blocks = re.findall(r"^( *)```%s\n(.*?)^ *```" % re.escape(language), open(path, encoding="utf-8").read(), re.S | re.M)
texts = [textwrap.dedent(text) for _, text in blocks]
if len(sys.argv) > 3:
    texts = [texts[int(sys.argv[3])]]
print("\n".join(texts))
