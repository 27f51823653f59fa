"""Which files of a folder are finished, told from listings alone.

A till may write slowly, over a network, with pauses. A file is finished when neither its size nor
its time of change has moved for `SETTLED_SECONDS`, or at once when it was renamed, unchanged since
the last listing, from a name that says "not yet" (`.tmp`, `.part`, a leading dot). An empty file is
never finished. Pure: time is an argument, of a clock that never steps.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePath
from typing import NamedTuple

from drivers.pos.rows import SUFFIXES

SETTLED_SECONDS = 2.0
UNENDED_SECONDS = 30.0
"""A file whose last line has no end may be one that is still being written: it waits longer."""
UNFINISHED = (".tmp", ".part", ".partial", ".new", ".writing")


class Stamp(NamedTuple):
    """What a listing says of one file: inode, size in bytes, time of change in ns."""

    inode: int
    size: int
    changed_ns: int


def is_ours(name: str) -> bool:
    """A file that is to be read once it is finished."""
    return not name.startswith(".") and PurePath(name).suffix.lower() in SUFFIXES


def is_unfinished(name: str) -> bool:
    """A file that says of itself that it is not finished."""
    return name.startswith((".", "~")) or PurePath(name).suffix.lower() in UNFINISHED


@dataclass(slots=True)
class _Seen:
    stamp: Stamp
    since: float
    renamed: bool


class Settling:
    """Remembers the last listing of one folder, and nothing of files that are gone."""

    def __init__(self) -> None:
        self._seen: dict[str, _Seen] = {}
        self._unfinished: set[Stamp] = set()

    def look(self, files: Mapping[str, Stamp], now: float) -> list[str]:
        """The finished files of this listing, the oldest change first."""
        seen: dict[str, _Seen] = {}
        for name, stamp in files.items():
            if not is_ours(name):
                continue
            before = self._seen.get(name)
            if before is not None and before.stamp == stamp:
                seen[name] = before
            else:
                # The whole stamp: a new file may get the inode of one that was deleted.
                renamed = before is None and stamp in self._unfinished
                seen[name] = _Seen(stamp, now, renamed)
        self._seen = seen
        self._unfinished = {stamp for name, stamp in files.items() if is_unfinished(name)}
        ready = [name for name, one in seen.items() if one.stamp.size and self._done(one, now)]
        return sorted(ready, key=lambda name: (seen[name].stamp.changed_ns, name))

    def may_be_torn(self, name: str, now: float) -> bool:
        """Whether a file whose last line has no end should be given more time."""
        one = self._seen.get(name)
        return one is not None and not one.renamed and now - one.since < UNENDED_SECONDS

    @staticmethod
    def _done(one: _Seen, now: float) -> bool:
        return one.renamed or now - one.since >= SETTLED_SECONDS
