"""The reader of JSON as people write it."""

import json
import random
import unittest

import support
from generator import commented_json


class CommentedJsonTest(unittest.TestCase):
    def test_reads_comments_and_trailing_commas(self):
        text = '{ # one\n "a": [1, 2.5, -3e2,], // two\n "b": {"c": "x#y//z", }, "d": null, "e": true,\n}\n# end'
        self.assertEqual(
            commented_json.read(text).plain, {"a": [1, 2.5, -300.0], "b": {"c": "x#y//z"}, "d": None, "e": True}
        )

    def test_reads_what_json_writes(self):
        chance = random.Random(7)
        for _ in range(300):
            value = {"top": _some(chance, 4)}
            self.assertEqual(commented_json.read(json.dumps(value, ensure_ascii=chance.random() < 0.5)).plain, value)

    def test_values_know_their_lines(self):
        value = commented_json.read('{\n"a": 1,\n\n"b": [\n2]}')
        self.assertEqual((value.data["a"].line, value.data["b"].line, value.data["b"].data[0].line), (2, 4, 5))

    def test_two_escapes_make_one_character(self):
        self.assertEqual(commented_json.read('"\\ud83d\\ude00 \\u4e2d"').plain, "\U0001f600 \u4e2d")

    def test_says_where_and_why(self):
        for text, message in (
            ('{"a": 1\n "b": 2}', 'line 2, column 2: "," or "}" is expected'),
            ('{"a": tru}', "line 1, column 7: a value is expected, not 'tru'"),
            ('{"a": True}', "True is written in small letters: true"),
            ('{"a" 1}', '":" is expected after the key "a"'),
            ('{"a": "x\n"}', "no closing quotation mark"),
            ('{"a": 1, "a": 2}', 'the key "a" is given twice, first in line 1'),
            ('{"a"：1}', "the full-width ： (write :)"),
            ('{"a": 01}', "a value is expected"),
            ("{} {}", "something follows"),
            ("", "the end of the file"),
            ('{"a": "\\ud800"}', "half a character"),
            ('{"a": "\\q"}', 'after "\\" one of'),
            ("[" * 40, "more than 32 levels"),
        ):
            with self.assertRaises(commented_json.JsonFault) as caught:
                commented_json.read(text)
            self.assertIn(message, str(caught.exception))

    def test_any_cut_of_a_configuration_is_refused_in_words(self):
        text = support.guide_text("client").rstrip()
        for length in range(0, len(text) - 1, 37):
            with self.assertRaises(commented_json.JsonFault):
                commented_json.read(text[:length])


def _some(chance, depth):
    kind = chance.randrange(7 if depth else 5)
    if kind == 0:
        return chance.randrange(-1000, 1000)
    if kind == 1:
        return chance.choice([True, False, None])
    if kind == 2:
        return chance.randrange(1, 1000) / 8
    if kind in (3, 4):
        return "".join(chance.choice('ab"\\/\n\t#,{}[]:é中 ') for _ in range(chance.randrange(8)))
    if kind == 5:
        return [_some(chance, depth - 1) for _ in range(chance.randrange(4))]
    return {"k%d" % n: _some(chance, depth - 1) for n in range(chance.randrange(4))}


if __name__ == "__main__":
    unittest.main()
