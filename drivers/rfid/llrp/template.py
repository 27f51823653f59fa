"""The shape of one TagReportData: where each field stands and which bytes must not differ.

Source: LLRP 1.0.1, section 16.2.7.3 (TagReportData and its TV parameters); Impinj's custom
parameter 57, peak RSSI in 1/100 dBm, is finer than the standard's and preferred to it. Its 56 is
the phase of the tag's answer against the carrier, 360/4096 degrees a step: it turns once with each
half wavelength that a tag moves. Nothing asks for it yet (see `rospec.Settings.phase`).
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

IMPINJ = 25_882
_IMPINJ_PHASE, _IMPINJ_PEAK_RSSI = 56, 57
PHASE_STEPS = 4_096
_TLV = struct.Struct("!HH")
_CUSTOM = struct.Struct("!II")

_TV_SIZES = {
    1: 2, 2: 8, 3: 8, 4: 8, 5: 8, 6: 1, 7: 2, 8: 2, 9: 4, 10: 2,
    11: 2, 12: 2, 13: 12, 14: 2, 15: 2, 16: 4, 17: 2, 18: 4, 19: 2, 20: 2,
}  # fmt: skip
"""Bytes after the type byte."""
_ANTENNA, _RSSI, _COUNT, _EPC_96 = 1, 6, 8, 13
_EPC_DATA, _CUSTOM_TYPE = 241, 1023
_SEEN = (4, 2, 5, 3)
"""Timestamps, best first: last seen before first seen, UTC before uptime."""


class Clock(IntEnum):
    """Which clock of the reader a time is of."""

    NONE = 0
    UTC = 1
    UPTIME = 2


Row: TypeAlias = tuple[int, float, int, int, bytes]
"""Time, RSSI, antenna, count and EPC of one tag, as Python's own values."""


class TemplateError(Exception):
    """The bytes are no TagReportData with an EPC."""


@dataclass(slots=True)
class Template:
    """One shape, for many rows at once (numpy) and for a few (`few`: numpy would cost more).

    Offsets into a row, 0 where the field is absent (offset 0 is the header's).

    Attributes:
        fixed: positions of type, length and vendor bytes, int64[m].
        expected: the bytes there, uint8[m].
        clock: which clock `seen_at` is of.
        complete: whether nothing has to be inherited.
    """

    size: int
    fixed: NDArray[np.int64]
    expected: NDArray[np.uint8]
    epc_at: int = 0
    epc_bytes: int = 0
    antenna_at: int = 0
    rssi_at: int = 0
    fine_rssi_at: int = 0
    count_at: int = 0
    seen_at: int = 0
    phase_at: int = 0
    clock: Clock = Clock.NONE
    complete: bool = False
    _mask: int = 0
    _masked: int = 0
    _struct: struct.Struct = _TLV
    _row: Callable[..., Row] = tuple

    def __post_init__(self) -> None:
        mask, masked = bytearray(self.size), bytearray(self.size)
        for at, byte in zip(self.fixed.tolist(), self.expected.tolist(), strict=True):
            mask[at], masked[at] = 0xFF, byte
        self._mask, self._masked = int.from_bytes(mask, "big"), int.from_bytes(masked, "big")
        self.complete = bool(self.antenna_at and self.has_rssi and self.count_at and self.seen_at)
        if self.complete:
            self._struct, self._row = self._reading()

    def _reading(self) -> tuple[struct.Struct, Callable[..., Row]]:
        """How a row is read in one step, and how what stands in it is put in the order of `Row`."""
        rssi = (
            (self.fine_rssi_at, "h", "rssi") if self.fine_rssi_at else (self.rssi_at, "b", "rssi")
        )
        fields = sorted(
            [
                (self.epc_at, f"{self.epc_bytes}s", "epc"),
                (self.antenna_at, "H", "antenna"),
                (self.count_at, "H", "count"),
                (self.seen_at, "q", "seen"),
                rssi,
            ]
        )
        layout, at = "!", 0
        for start, kind, _ in fields:
            layout += f"{start - at}x{kind}"
            at = start + struct.calcsize("!" + kind)
        names = [name for _, _, name in fields]
        antenna, count, seen, level, epc = map(
            names.index, ("antenna", "count", "seen", "rssi", "epc")
        )
        scale = 100 if self.fine_rssi_at else 1

        def row(*values: Any) -> Row:
            return (
                values[seen],
                values[level] / scale,
                values[antenna],
                values[count] or 1,
                values[epc],
            )

        return struct.Struct(layout), row

    @property
    def has_rssi(self) -> bool:
        """Whether either RSSI is there."""
        return bool(self.rssi_at or self.fine_rssi_at)

    def match(self, rows: NDArray[np.uint8]) -> NDArray[np.bool_]:
        """Which rows, uint8[n, size], are of this shape."""
        same: NDArray[np.bool_] = (rows[:, self.fixed] == self.expected).all(axis=1)
        return same

    def few(self, data: bytes) -> list[Row] | None:
        """The rows in `data`; None when one is not of this shape.

        Only for a `complete` template.
        """
        unpack, from_bytes = self._struct.unpack_from, int.from_bytes
        mask, masked, size = self._mask, self._masked, self.size
        found: list[Row] = []
        for at in range(0, len(data), size):
            row = data[at : at + size] if len(data) != size else data
            if from_bytes(row, "big") & mask != masked:
                return None
            found.append(self._row(*unpack(row)))
        return found

    def epc(self, rows: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """EPC memory, uint8[n, epc_bytes]."""
        return rows[:, self.epc_at : self.epc_at + self.epc_bytes]

    def antenna(self, rows: NDArray[np.uint8]) -> NDArray[np.int32]:
        """Antenna numbers."""
        return _column(rows, self.antenna_at, ">u2").astype(np.int32)

    def rssi(self, rows: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Peak RSSI in dBm."""
        if self.fine_rssi_at:
            fine = _column(rows, self.fine_rssi_at, ">i2").astype(np.float32)
            return fine / np.float32(100)
        return _column(rows, self.rssi_at, "i1").astype(np.float32)

    def count(self, rows: NDArray[np.uint8]) -> NDArray[np.int32]:
        """Times seen, at least 1."""
        return np.maximum(_column(rows, self.count_at, ">u2").astype(np.int32), 1)

    def phase(self, rows: NDArray[np.uint8]) -> NDArray[np.float32] | None:
        """RF phase in radians, 0 to 2 pi; None where this shape has none."""
        if not self.phase_at:
            return None
        steps = _column(rows, self.phase_at, ">u2").astype(np.float32)
        return steps * np.float32(2 * np.pi / PHASE_STEPS)

    def seen(self, rows: NDArray[np.uint8]) -> NDArray[np.int64]:
        """Reader time, microseconds."""
        return _column(rows, self.seen_at, ">i8").astype(np.int64)


def _column(rows: NDArray[np.uint8], at: int, kind: str) -> NDArray[np.generic]:
    dtype = np.dtype(kind)
    column: NDArray[np.generic] = rows[:, at : at + dtype.itemsize].view(dtype)[:, 0]
    return column


def template_of(row: bytes) -> Template:
    """The template of one TagReportData with its 4-byte header.

    Raises:
        TemplateError: a parameter that is cut short or unknown, or no EPC of whole 16-bit words.
    """
    marks = _Marks(row, fixed=[0, 1, 2, 3])
    at = _TLV.size
    while at < len(row):
        at = marks.tv(at) if row[at] & 0x80 else marks.tlv(at)
    if not marks.epc_bytes or marks.epc_bytes % 2:
        raise TemplateError("no EPC, or one that is not of whole words")
    seen = next((kind for kind in _SEEN if kind in marks.values), None)
    return Template(
        size=len(row),
        fixed=np.array(marks.fixed, np.int64),
        expected=np.frombuffer(row, np.uint8)[marks.fixed],
        epc_at=marks.epc_at,
        epc_bytes=marks.epc_bytes,
        antenna_at=marks.values.get(_ANTENNA, 0),
        rssi_at=marks.values.get(_RSSI, 0),
        fine_rssi_at=marks.fine_rssi_at,
        phase_at=marks.phase_at,
        count_at=marks.values.get(_COUNT, 0),
        seen_at=0 if seen is None else marks.values[seen],
        clock=Clock.NONE if seen is None else Clock.UTC if seen in (2, 4) else Clock.UPTIME,
    )


@dataclass(slots=True)
class _Marks:
    """What the walk over one TagReportData has found so far."""

    row: bytes
    fixed: list[int]
    values: dict[int, int] = field(default_factory=dict)
    epc_at: int = 0
    epc_bytes: int = 0
    fine_rssi_at: int = 0
    phase_at: int = 0

    def tv(self, at: int) -> int:
        """Take the TV parameter at `at`; where the next one begins."""
        kind = self.row[at] & 0x7F
        size = _TV_SIZES.get(kind)
        if size is None or at + 1 + size > len(self.row):
            raise TemplateError("a TV parameter that is unknown or cut short")
        self.fixed.append(at)
        self.values[kind] = at + 1
        if kind == _EPC_96:
            self.epc_at, self.epc_bytes = at + 1, size
        return at + 1 + size

    def tlv(self, at: int) -> int:
        """Take the TLV parameter at `at`; where the next one begins."""
        if at + _TLV.size > len(self.row):
            raise TemplateError("a TLV parameter is cut short")
        word: int
        size: int
        word, size = _TLV.unpack_from(self.row, at)
        if size < _TLV.size or at + size > len(self.row):
            raise TemplateError("a TLV parameter says a wrong length")
        self.fixed += range(at, at + _TLV.size)
        kind, inside = word & 0x3FF, at + _TLV.size
        if kind == _EPC_DATA:
            self._epc_data(inside, size - _TLV.size)
        elif kind == _CUSTOM_TYPE:
            self._custom(inside, size - _TLV.size)
        return at + size

    def _epc_data(self, at: int, size: int) -> None:
        if size < 2:
            raise TemplateError("EPCData is cut short")
        bits = int.from_bytes(self.row[at : at + 2], "big")
        if (bits + 7) // 8 > size - 2 or bits % 8:
            raise TemplateError("EPCData says more bits than it has")
        self.fixed += (at, at + 1)
        self.epc_at, self.epc_bytes = at + 2, bits // 8

    def _custom(self, at: int, size: int) -> None:
        if size < _CUSTOM.size:
            raise TemplateError("a custom parameter is cut short")
        self.fixed += range(at, at + _CUSTOM.size)
        if size != _CUSTOM.size + 2:
            return
        whose = _CUSTOM.unpack_from(self.row, at)
        if whose == (IMPINJ, _IMPINJ_PEAK_RSSI):
            self.fine_rssi_at = at + _CUSTOM.size
        elif whose == (IMPINJ, _IMPINJ_PHASE):
            self.phase_at = at + _CUSTOM.size
