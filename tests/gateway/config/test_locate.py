from __future__ import annotations

import tomllib

from hypothesis import given
from hypothesis import strategies as st

from gateway.config.locate import Path, line_of, lines_of

TEXT = '''\
# a comment with [a.table] and key = 1
title = """
[not.a.table]
key = "no"
"""
raw = \'\'\'
[neither]\'\'\'
list = [
  "a", # one
  { x = 1, "y z" = [1,
     2] },
]
a.b."c.d" = { e.f = 'it''s' , g = "]}#" }
'''.replace("''s", "s")

TABLES = """\
[one]
k = 1
[[many]]
id = 1
  [[many.inner]]
  n = 1
  [[many.inner]]
  n = 2
  [many.inner.deep]
  z = 2000-01-01T00:00:00Z
[[many]]
id = 2
[[many.inner]]
n = 3
["quoted key".'x']
v = -1.5e3
"""


def test_keys_tables_arrays_and_inline_tables_have_their_lines() -> None:
    lines = lines_of(TEXT)
    assert lines[("title",)] == 2
    assert lines[("raw",)] == 6
    assert lines[("list",)] == 8
    assert lines[("list", 0)] == 9
    assert lines[("list", 1, "x")] == 10
    assert lines[("list", 1, "y z", 1)] == 11
    assert lines[("a", "b", "c.d", "g")] == 13
    assert ("not",) not in lines


def test_arrays_of_tables_are_counted() -> None:
    lines = lines_of(TABLES)
    assert lines[("many", 0, "id")] == 4
    assert lines[("many", 0, "inner", 1, "n")] == 8
    assert lines[("many", 0, "inner", 1, "deep", "z")] == 10
    assert lines[("many", 1)] == 11
    assert lines[("many", 1, "inner", 0, "n")] == 14
    assert lines[("quoted key", "x", "v")] == 16


def test_what_is_not_written_is_where_it_would_stand() -> None:
    lines = lines_of(TABLES)
    assert line_of(lines, ("many", 1, "missing")) == 11
    assert line_of(lines, ("nothing", "here")) == 1


def paths(value: object, path: Path = ()) -> list[Path]:
    found = [path] if path else []
    if isinstance(value, dict):
        for key, inner in value.items():
            found += paths(inner, (*path, key))
    elif isinstance(value, list):
        for place, inner in enumerate(value):
            found += paths(inner, (*path, place))
    return found


def test_every_path_that_the_parser_finds_has_a_line() -> None:
    for text in (TEXT, TABLES):
        assert set(paths(tomllib.loads(text))) == set(lines_of(text))


MARKS = ["=", '"', "'", "\\", "{", "}", "[", "]", ",", "#", "\n", "\r\n", "\t", " ", '"""', "'''"]
WORDS = ["[a]", "[[a]]", "a.b", "1", "é", "x = 1\n", "[[b.c]]\n", 'k = "v"\n', "y = [\n1,{z=2}]\n"]
PIECES = st.sampled_from(MARKS + WORDS)


@given(st.lists(PIECES, max_size=30).map("".join))
def test_any_valid_document_is_followed(text: str) -> None:
    try:
        value = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        lines_of(text)
        return
    lines = lines_of(text.replace("\r\n", "\n"))
    assert set(paths(value)) == set(lines)
