"""Timelines and truth files as lines, each fault named with its file and line."""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeAlias

from gateway.simulate.truth import VERSION

Line: TypeAlias = dict[str, Any]

NEEDED: dict[str, dict[str, dict[str, type | tuple[type, ...]]]] = {
    "timeline": {
        "stock": {"gtin": str, "on_hand": int, "available": int, "state": str},
        "item": {"epc": str, "event": str},
        "footfall": {"door": str, "in": int, "out": int},
        "occupancy": {"occupancy": int},
        "conversion": {"from": (int, float), "visitors": int, "transactions": int},
    },
    "truth": {
        "stock": {"gtin": str, "on_hand": int, "zones": dict, "floor": int},
        "item": {"epc": str, "event": str},
        "sale": {"id": str},
        "return": {"id": str},
        "door": {"door": str, "in": int, "out": int},
        "occupancy": {"occupancy": int},
        "fault": {},
    },
}
"""By file and kind: the fields that the scorer reads, and what they must be."""


class ScoreError(Exception):
    """A file that cannot be scored; the message is one plain line."""


def read_timeline(path: Path) -> Iterator[Line]:
    """The lines of a timeline in their order; kinds that are not scored are passed over.

    Raises:
        ScoreError: not readable, not JSON, a field missing or wrong, or not in time order.
    """
    yield from _checked(path, "timeline", _lines(path))


def read_truth(path: Path) -> tuple[Line, Iterator[Line]]:
    """The header of a truth file and its lines. Raises `ScoreError`."""
    lines = _lines(path)
    number, header = next(lines, (1, {}))
    span = header.get("from"), header.get("to")
    if header.get("kind") != "truth" or not all(isinstance(t, int | float) for t in span):
        raise ScoreError(f"{path} line {number}: no truth file: its first line is no truth header")
    if header.get("version") != VERSION or not isinstance(header.get("zones"), dict):
        raise ScoreError(f"{path} line {number}: truth of another version than {VERSION}")
    return header, _checked(path, "truth", lines)


def _lines(path: Path) -> Iterator[tuple[int, Line]]:
    number = 0
    try:
        # The interface is the same for both.
        with gzip.open(path, "rb") if path.suffix == ".gz" else path.open("rb") as file:
            for number, text in enumerate(file, 1):
                if not text.strip():
                    continue
                line = json.loads(text)
                if not isinstance(line, dict):
                    raise ScoreError(f"{path} line {number}: not a JSON object")
                yield number, line
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise ScoreError(f"{path}: breaks off after line {number}: {error}") from None
    except OSError as error:
        raise ScoreError(f"{path}: {(error.strerror or str(error)).lower()}") from None
    except (ValueError, RecursionError) as error:
        # JSON's own message speaks of line 1 of this one line.
        reason = error.msg.lower() if isinstance(error, json.JSONDecodeError) else str(error)
        raise ScoreError(f"{path} line {number}: not JSON: {reason}") from None


def _checked(path: Path, file: str, lines: Iterator[tuple[int, Line]]) -> Iterator[Line]:
    last = float("-inf")
    for number, line in lines:
        fields = NEEDED[file].get(str(line.get("kind")))
        if fields is None:
            continue
        for name, kinds in {"t": (int, float), **fields}.items():
            value = line.get(name)
            if not isinstance(value, kinds) or isinstance(value, bool):
                wrong = f"{line['kind']} needs {name}"
                raise ScoreError(f"{path} line {number}: {wrong}, not {json.dumps(value)[:40]}")
        if line["t"] < last:
            raise ScoreError(f"{path} line {number}: runs back in time")
        last = line["t"]
        yield line
