"""On which line each key of a TOML text stands.

The standard library's parser answers with values alone, so this scanner walks the same text for
positions. It is given only text that has parsed already, and so judges nothing.
Source: TOML 1.0.0, https://toml.io/en/v1.0.0
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

Path: TypeAlias = tuple[str | int, ...]
"""`("reader", 0, "antenna", 1, "zone")`: keys, and places in arrays counted from 0."""

_BLANK = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_BARE = re.compile(r"[A-Za-z0-9_-]+")
_QUOTED = re.compile(r'"(?:[^"\\\n]|\\.)*"|\'[^\'\n]*\'')
_SCALAR = re.compile(r"[^,\]}#\r\n]*")
_STRING = re.compile(
    r'"""(?:[^\\]|\\.)*?"""(?:"{0,2}(?!"))|' + r"'''.*?'''(?:'{0,2}(?!'))|" + _QUOTED.pattern,
    re.DOTALL,
)


@dataclass
class _Scanner:
    """A place in the text, and what was found so far."""

    text: str
    at: int = 0
    line: int = 1
    counted: int = 0
    lines: dict[Path, int] = field(default_factory=dict)
    arrays: dict[Path, int] = field(default_factory=dict)

    def here(self) -> int:
        """The line of the present place; the place only moves forward."""
        self.line += self.text.count("\n", self.counted, self.at)
        self.counted = self.at
        return self.line

    def blank(self) -> None:
        found = _BLANK.match(self.text, self.at)
        self.at = found.end() if found else self.at

    def onward(self, since: int) -> None:
        """Every element takes text; where none was taken there is nothing to follow."""
        if self.at == since:
            raise ValueError("no element")

    def take(self, mark: str) -> bool:
        self.blank()
        if self.text.startswith(mark, self.at):
            self.at += len(mark)
            return True
        return False

    def key(self) -> Path:
        """A key with its dots."""
        parts: list[str | int] = []
        while True:
            self.blank()
            parts.append(self.part())
            if not self.take("."):
                return tuple(parts)

    def part(self) -> str:
        bare = _BARE.match(self.text, self.at)
        found = bare or _QUOTED.match(self.text, self.at)
        if found is None:
            raise ValueError("not a key")
        self.at = found.end()
        return found[0] if bare else _unquoted(found[0])

    def note(self, base: Path, key: Path, line: int) -> Path:
        """Set down the line of `base` + `key` and, where new, of what it stands in."""
        for size in range(1, len(key) + 1):
            self.lines.setdefault(base + key[:size], line)
        return base + key

    def value(self, path: Path) -> None:
        self.blank()
        if self.take("["):
            self.array(path)
        elif self.take("{"):
            self.table(path)
        else:
            found = _STRING.match(self.text, self.at) or _SCALAR.match(self.text, self.at)
            self.at = found.end() if found else self.at

    def array(self, path: Path) -> None:
        index = 0
        while not self.take("]"):
            start = self.at
            self.lines.setdefault((*path, index), self.here())
            self.value((*path, index))
            index += 1
            self.take(",")
            self.onward(start)

    def table(self, path: Path) -> None:
        while not self.take("}"):
            self.pair(path)
            self.take(",")

    def pair(self, base: Path) -> None:
        self.blank()
        line = self.here()
        path = self.note(base, self.key(), line)
        self.take("=")
        self.value(path)

    def header(self) -> Path:
        """`[a.b]` or `[[a.b]]`: the path of what follows, arrays of tables with their index."""
        line = self.here()
        array = self.take("[[")
        if not array:
            self.take("[")
        key = self.key()
        self.take("]]" if array else "]")
        path: Path = ()
        for place, name in enumerate(key):
            path = (*path, name)
            last = place == len(key) - 1
            if last and array:
                self.arrays[path] = self.arrays.get(path, -1) + 1
            self.lines.setdefault(path, line)
            if path in self.arrays:
                path = (*path, self.arrays[path])
                self.lines.setdefault(path, line)
        return path

    def document(self) -> None:
        table: Path = ()
        while True:
            self.blank()
            if self.at >= len(self.text):
                return
            if self.text[self.at] == "[":
                table = self.header()
            else:
                self.pair(table)


def _unquoted(text: str) -> str:
    return next(iter(tomllib.loads(f"{text} = 0")))


def lines_of(text: str) -> Mapping[Path, int]:
    """The line (from 1) of each key, table and array element of `text`, a valid TOML document."""
    scanner = _Scanner(text)
    try:
        scanner.document()
    except (ValueError, RecursionError):
        # What we cannot follow costs exact lines, never an answer: `line_of` falls back to the
        # nearest table that was found.
        return scanner.lines
    return scanner.lines


def line_of(lines: Mapping[Path, int], path: Path) -> int:
    """The line of `path`, or of the nearest thing around it that is written down; 1 at worst."""
    for size in range(len(path), 0, -1):
        found = lines.get(path[:size])
        if found is not None:
            return found
    return 1
