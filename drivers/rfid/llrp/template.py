"""The shape of one TagReportData: where each field stands and which bytes must not differ.

Source: LLRP 1.0.1, section 16.2.7.3 (TagReportData and its TV parameters); Impinj's custom
parameter 57, peak RSSI in 1/100 dBm, is finer than the standard's and preferred to it. Its 56 is
the phase of the tag's answer against the carrier, 360/4096 degrees a step: it turns once with each
half wavelength that a tag moves. Nothing asks for it yet (see `rospec.Settings.phase`).
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from enum import IntEnum
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from drivers.rfid.llrp.columns import TagColumns

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


class Field(NamedTuple):
    """One field of a row: where it stands, its `struct` letters there and as a number of ours, and
    how numpy calls the latter."""

    name: str
    at: int
    wire: str
    native: str
    kind: type[np.generic]
    shape: tuple[int, ...] = ()


class TemplateError(Exception):
    """The bytes are no TagReportData with an EPC."""


@dataclass(slots=True)
class Template:
    """One shape, for many rows at once (numpy); for a few see `plan`.

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

    def __post_init__(self) -> None:
        self.complete = bool(self.antenna_at and self.has_rssi and self.count_at and self.seen_at)

    def masked(self) -> tuple[bytes, bytes]:
        """The bytes of a row that must not differ, and a mask of all ones at their places."""
        row, mask = np.zeros(self.size, np.uint8), np.zeros(self.size, np.uint8)
        row[self.fixed], mask[self.fixed] = self.expected, 0xFF
        return row.tobytes(), mask.tobytes()

    def fields(self) -> list[Field]:
        """What a `complete` row holds of `TagColumns`, in the order of the wire.

        RSSI is still to be divided by `rssi_scale`, and a count of 0 is 1.
        """
        width = self.epc_bytes
        rssi_at, rssi = (self.fine_rssi_at, "h") if self.fine_rssi_at else (self.rssi_at, "b")
        found = [
            Field("epc", self.epc_at, f"{width}s", f"{width}s", np.uint8, (width,)),
            Field("antenna", self.antenna_at, "H", "i", np.int32),
            Field("n", self.count_at, "H", "i", np.int32),
            Field("seen_us", self.seen_at, "q", "q", np.int64),
            Field("rssi", rssi_at, rssi, "f", np.float32),
        ]
        return sorted(found, key=lambda field: field.at)

    @property
    def rssi_scale(self) -> int:
        """Steps of the wire's RSSI in one dB."""
        return 100 if self.fine_rssi_at else 1

    def columns(self, rows: NDArray[np.uint8]) -> TagColumns:
        """The columns of `rows`, which are all of this shape, `complete`."""
        count = len(rows)
        return TagColumns(
            antenna=self.antenna(rows),
            epc=self.epc(rows),
            epc_bytes=np.full(count, self.epc_bytes, np.int32),
            rssi=self.rssi(rows),
            n=self.count(rows),
            seen_us=self.seen(rows),
            clock=np.full(count, self.clock, np.uint8),
        )

    @property
    def has_rssi(self) -> bool:
        """Whether either RSSI is there."""
        return bool(self.rssi_at or self.fine_rssi_at)

    def match(self, rows: NDArray[np.uint8]) -> NDArray[np.bool_]:
        """Which rows, uint8[n, size], are of this shape."""
        same: NDArray[np.bool_] = (rows[:, self.fixed] == self.expected).all(axis=1)
        return same

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
