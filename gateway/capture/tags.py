"""Runs of `tag` lines become columns.

A store's day has millions of these lines and few of all others, so they are judged a run at a time;
only when something in a run is wrong is it gone through line by line.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from drivers.observations import TagReads
from drivers.pos.fields import T_MAX
from gateway.capture.faults import CaptureFaults
from gateway.capture.fields import (
    ANTENNA_MAX,
    EPC_BYTES_MAX,
    N_MAX,
    Refused,
    epc,
    moment,
    number,
    whole,
    words,
)

Row: TypeAlias = dict[str, Any]

TAG_FIELDS = frozenset({"kind", "t", "at", "src", "antenna", "epc", "rssi", "n"})
RUN_MAX = 4096
"""Lines that are held back at most: bounds the memory, and costs nothing in speed."""
_NUMBERS = frozenset({int, float})
_WHOLE = frozenset({int})


class TagRun:
    """Consecutive `tag` lines of one source, until they are taken out as batches.

    `by_second` gathers lines that say no arrival time within whole seconds, see `read_capture`.
    """

    def __init__(self, faults: CaptureFaults, *, by_second: bool = False) -> None:
        self._faults = faults
        self._by_second = by_second
        self._rows: list[Row] = []
        self._numbers: list[int] = []
        self._src: object = None

    def takes(self, src: object) -> bool:
        """Whether a line of `src` may join the run (else `take` it out first)."""
        return src == self._src and len(self._rows) < RUN_MAX

    def add(self, line: int, row: Row, src: object) -> None:
        """Join a line to the run; `line` is its number in the file."""
        self._src = src
        self._rows.append(row)
        self._numbers.append(line)

    def take(self) -> Iterable[TagReads]:
        """The run's batches, one for each stretch of the same arrival time; the run is empty."""
        rows, lines, self._rows, self._numbers = self._rows, self._numbers, [], []
        if not rows:
            return ()
        if not all(map(TAG_FIELDS.issuperset, rows)):
            self._unknown(rows)
        whole_run = _columns(rows)
        if whole_run is None:
            rows = [row for row, line in zip(rows, lines, strict=True) if self._stands(row, line)]
            whole_run = _columns(rows) if rows else None
        if whole_run is None:
            return ()
        reads, at = whole_run
        if self._by_second and at is reads.t:
            return _cut(reads, np.floor(at), last=True)
        return _cut(reads, at)

    def _unknown(self, rows: Iterable[Row]) -> None:
        for row in rows:
            for name in sorted(row.keys() - TAG_FIELDS):
                self._faults.unknown_field("tag", name)

    def _stands(self, row: Row, line: int) -> bool:
        try:
            _judge(row)
        except Refused as refused:
            self._faults.note(line, "refused", f"tag: {refused}")
            return False
        return True


def _judge(row: Row) -> None:
    words(row, "src")
    moment(row)
    whole(row, "antenna", 0, ANTENNA_MAX)
    epc(row)
    if row.get("rssi") is not None:
        number(row, "rssi", -1000, 1000)
    if "n" in row:
        whole(row, "n", 1, N_MAX)


def _columns(rows: Sequence[Row]) -> tuple[TagReads, NDArray[np.float64]] | None:
    """All rows as one batch, with their arrival times; None when any row cannot stand."""
    try:
        src = rows[0]["src"]
        t = _floats([row["t"] for row in rows], 0, T_MAX)
        at = _arrivals([row.get("at") for row in rows], t)
        antenna = _ints([row["antenna"] for row in rows], 0, ANTENNA_MAX)
        n = _ints([row.get("n", 1) for row in rows], 1, N_MAX)
        rssi = _rssi([row.get("rssi") for row in rows])
        memory, sizes = _epcs([row["epc"] for row in rows])
    except (KeyError, TypeError, ValueError, OverflowError):
        return None  # the caller goes through the rows one by one and says which and why
    if not isinstance(src, str) or not 1 <= len(src) <= 200:
        return None
    return TagReads(src, float(at[0]), t, antenna, memory, sizes, rssi, n), at


def _floats(values: Sequence[Any], least: float, most: float) -> NDArray[np.float64]:
    # numpy would take true for 1 and "1.5" for 1.5.
    if not _NUMBERS.issuperset(map(type, values)):
        raise TypeError
    column = np.array(values, dtype=np.float64)
    if not bool(((column >= least) & (column <= most)).all()):
        raise ValueError
    return column


def _ints(values: Sequence[Any], least: int, most: int) -> NDArray[np.int32]:
    if not _WHOLE.issuperset(map(type, values)):
        raise TypeError
    column = np.array(values, dtype=np.int64)
    if int(column.min()) < least or int(column.max()) > most:
        raise ValueError
    return column.astype(np.int32)


def _arrivals(values: Sequence[Any], t: NDArray[np.float64]) -> NDArray[np.float64]:
    absent = values.count(None)
    if absent == len(values):
        return t
    if absent:
        given = t.tolist()
        values = [given[i] if at is None else at for i, at in enumerate(values)]
    return _floats(values, 0, T_MAX)


def _rssi(values: Sequence[Any]) -> NDArray[np.float32]:
    heard = [value for value in values if value is not None]
    if heard:
        _floats(heard, -1000, 1000)
    if len(heard) < len(values):
        values = [np.nan if value is None else value for value in values]
    return np.array(values, dtype=np.float32)


def _epcs(texts: Sequence[Any]) -> tuple[NDArray[np.uint8], NDArray[np.int32]]:
    lengths = set(map(len, texts))
    widest = max(lengths)
    if any(length % 4 or not length for length in lengths) or widest > 2 * EPC_BYTES_MAX:
        raise ValueError
    padded = texts if len(lengths) == 1 else [text.ljust(widest, "0") for text in texts]
    data = bytes.fromhex("".join(padded))
    if 2 * len(data) != widest * len(texts):  # fromhex passes over spaces
        raise ValueError
    memory = np.frombuffer(data, dtype=np.uint8).reshape(len(texts), widest // 2)
    if len(lengths) == 1:
        return memory, np.full(len(texts), widest // 2, dtype=np.int32)
    return memory, np.array([len(text) // 2 for text in texts], dtype=np.int32)


def _cut(reads: TagReads, at: NDArray[np.float64], *, last: bool = False) -> Iterator[TagReads]:
    """One batch for each stretch of equal `at`; with `last`, arrived when its last read was."""
    cuts = (np.flatnonzero(at[1:] != at[:-1]) + 1).tolist()
    starts, ends = [0, *cuts], [*cuts, len(at)]
    arrivals = (np.maximum.reduceat(reads.t, starts) if last else at[starts]).tolist()
    if not cuts and arrivals[0] == reads.at:
        yield reads
        return
    for start, end, arrival in zip(starts, ends, arrivals, strict=True):
        yield TagReads(
            reads.src,
            arrival,
            reads.t[start:end],
            reads.antenna[start:end],
            reads.epc[start:end],
            reads.epc_bytes[start:end],
            reads.rssi[start:end],
            reads.n[start:end],
        )
