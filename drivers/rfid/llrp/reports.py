"""Tag reports decoded in numpy, at line rate: report bodies in, columns out.

A reader sends the same shape of TagReportData again and again. So the first of a kind is walked
byte by byte to a `Template` (where which field stands, which bytes must not differ) and all that
match it are decoded as one array. Bodies of many reports are decoded together: at one tag a report
that is where the time is won.

The inherit rule, LLRP 1.0.1 section 14.2.3(ii): a parameter that is switched on and yet absent has
the value of the last one received. What was never received is unknown: no antenna drops the read
(counted), no RSSI is NaN, no count is 1, no time is `Clock.NONE`.
"""

from __future__ import annotations

import struct
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from drivers.rfid.llrp.template import Clock, Row, Template, TemplateError, template_of

_HEADER = struct.Struct("!HH")
_TAG_REPORT_DATA = 240
_TV = 0x8000
_TYPE_BITS = 0x3FF | _TV
FEW = 32
"""Up to so many tags at once are decoded without numpy, whose calls would cost more."""
_COLUMNS = ("antenna", "epc", "epc_bytes", "rssi", "n", "seen_us", "clock")
"""As `TagColumns` has them."""
MAX_TEMPLATES = 32
"""Kept from batch to batch. More shapes than this in one batch are decoded one by one."""


@dataclass(slots=True, eq=False)
class TagColumns:
    """Tags of one or more reports, in the reader's order. Nobody writes to them.

    Attributes:
        antenna: int32[n].
        epc: uint8[n, width], zero-padded on the right.
        epc_bytes: int32[n], how many bytes of a row count.
        rssi: dBm, float32[n]; NaN where never said.
        n: times seen, int32[n], at least 1.
        seen_us: reader time of the last sighting, int64[n], microseconds of `clock`.
        clock: `Clock` of each row, uint8[n].
    """

    antenna: NDArray[np.int32]
    epc: NDArray[np.uint8]
    epc_bytes: NDArray[np.int32]
    rssi: NDArray[np.float32]
    n: NDArray[np.int32]
    seen_us: NDArray[np.int64]
    clock: NDArray[np.uint8]

    def __len__(self) -> int:
        return len(self.antenna)


@dataclass(slots=True)
class _Last:
    """The last values received, by the inherit rule."""

    antenna: int | None = None
    rssi: float = float("nan")
    seen_us: int = 0
    clock: int = Clock.NONE
    n: int = 1


class ReportDecoder:
    """Decodes RO_ACCESS_REPORT bodies of one connection.

    Attributes:
        faults: `bad_report`, `bad_tag_report`, `no_antenna`, only ever growing.
        lost: how many tags or reports were dropped, all faults together.
    """

    def __init__(self, faults: Counter[str]) -> None:
        self.faults: Final = faults
        self.lost = 0
        self._templates: dict[int, list[Template]] = {}
        self._last = _Last()

    def decode(self, bodies: Sequence[bytes]) -> TagColumns | None:
        """The tags of these report bodies; None when there are none."""
        if len(bodies) == 1:
            data = bodies[0]
            alone = self._few(data, len(data))
            if alone is not None:
                return alone
        else:
            data = b"".join(bodies)
        size = _equal_size(data)
        # Two torn reports may look like a whole one when they are put together.
        if not size or any(length % size for length in set(map(len, bodies))):
            return self._mixed(bodies)
        if len(data) <= FEW * size:
            columns = self._few(data, size)
            if columns is not None:
                return columns
        rows = np.frombuffer(data, np.uint8).reshape(-1, size)
        template = self._template(rows[0])
        if template is not None and template.complete and template.match(rows).all():
            return self._whole(template, rows)
        return self._mixed(bodies)

    def _few(self, data: bytes, size: int) -> TagColumns | None:
        for template in self._templates.get(size, ()):
            found = template.few(data) if template.complete else None
            if found:
                return self._packed(found, template)
        return None

    def _packed(self, found: list[Row], template: Template) -> TagColumns:
        """Columns of one small block of memory: seven arrays made one by one cost thrice that."""
        width, clock = template.epc_bytes, int(template.clock)
        last = self._last
        last.seen_us, last.rssi, last.antenna, last.n, _ = found[-1]
        last.clock = clock
        pack, dtype = _packing(width)
        block = np.frombuffer(b"".join([pack(*row, width, clock) for row in found]), dtype)
        return TagColumns(*[block[name] for name in _COLUMNS])

    def _whole(self, template: Template, rows: NDArray[np.uint8]) -> TagColumns:
        count = len(rows)
        epc = template.epc(rows)
        columns = TagColumns(
            antenna=template.antenna(rows),
            epc=epc,
            epc_bytes=np.full(count, epc.shape[1], np.int32),
            rssi=template.rssi(rows),
            n=template.count(rows),
            seen_us=template.seen(rows),
            clock=np.full(count, template.clock, np.uint8),
        )
        self._remember(columns)
        return columns

    def _mixed(self, bodies: Sequence[bytes]) -> TagColumns | None:
        data, starts, sizes = self._walk(bodies)
        if not len(starts):
            return None
        slots = _Slots(len(starts))
        for size in np.unique(sizes).tolist():
            index = np.flatnonzero(sizes == size)
            rows = data[starts[index][:, None] + np.arange(size)]
            self._fill(slots, index, rows)
        return self._finish(slots)

    def _walk(
        self, bodies: Sequence[bytes]
    ) -> tuple[NDArray[np.uint8], NDArray[np.int64], NDArray[np.int64]]:
        starts: list[int] = []
        sizes: list[int] = []
        base = 0
        for body in bodies:
            at, end = 0, len(body)
            while end - at >= _HEADER.size:
                word, size = _HEADER.unpack_from(body, at)
                if word & _TV or size < _HEADER.size or at + size > end:
                    break
                if word & 0x3FF == _TAG_REPORT_DATA:
                    starts.append(base + at)
                    sizes.append(size)
                at += size
            if at != end:
                self._drop("bad_report")
            base += end
        data = np.frombuffer(b"".join(bodies), np.uint8)
        return data, np.array(starts, np.int64), np.array(sizes, np.int64)

    def _fill(self, slots: _Slots, index: NDArray[np.int64], rows: NDArray[np.uint8]) -> None:
        shapes = 0
        while len(index):
            template = self._template(rows[0])
            shapes += 1
            same = np.zeros(len(index), np.bool_)
            same[0] = True
            if template is None:
                self._drop("bad_tag_report")
            else:
                if shapes <= MAX_TEMPLATES:
                    same = template.match(rows)
                slots.put(index[same], rows[same], template)
            index, rows = index[~same], rows[~same]

    def _template(self, row: NDArray[np.uint8]) -> Template | None:
        known = self._templates.setdefault(len(row), [])
        for template in known:
            if template.match(row[None, :])[0]:
                return template
        try:
            template = template_of(row.tobytes())
        except TemplateError:
            return None
        if sum(map(len, self._templates.values())) >= MAX_TEMPLATES:
            self._templates.clear()
        self._templates.setdefault(len(row), []).append(template)
        return template

    def _finish(self, slots: _Slots) -> TagColumns | None:
        last = self._last
        _inherit(slots.antenna, slots.has_antenna, -1 if last.antenna is None else last.antenna)
        _inherit(slots.rssi, slots.has_rssi, last.rssi)
        _inherit(slots.n, slots.has_n, last.n)
        stamped = slots.clock != Clock.NONE
        _inherit(slots.seen_us, stamped, last.seen_us)
        _inherit(slots.clock, stamped, last.clock)
        homeless = slots.filled & (slots.antenna < 0)
        if homeless.any():
            self._drop("no_antenna", int(homeless.sum()))
        keep = slots.filled & ~homeless
        if not keep.any():
            return None
        columns = slots.columns(keep)
        self._remember(columns)
        return columns

    def _drop(self, reason: str, count: int = 1) -> None:
        self.faults[reason] += count
        self.lost += count

    def _remember(self, columns: TagColumns) -> None:
        last = self._last
        last.antenna = int(columns.antenna[-1])
        last.rssi = float(columns.rssi[-1])
        last.seen_us = int(columns.seen_us[-1])
        last.clock = int(columns.clock[-1])
        last.n = int(columns.n[-1])


class _Slots:
    """Columns being filled, row by row of the stream, from several templates."""

    def __init__(self, count: int) -> None:
        self.filled = np.zeros(count, np.bool_)
        self.antenna = np.full(count, -1, np.int32)
        self.has_antenna = np.zeros(count, np.bool_)
        self.epc = np.zeros((count, 12), np.uint8)
        self.epc_bytes = np.zeros(count, np.int32)
        self.rssi = np.full(count, np.nan, np.float32)
        self.has_rssi = np.zeros(count, np.bool_)
        self.n = np.ones(count, np.int32)
        self.has_n = np.zeros(count, np.bool_)
        self.seen_us = np.zeros(count, np.int64)
        self.clock = np.full(count, Clock.NONE, np.uint8)

    def put(self, index: NDArray[np.int64], rows: NDArray[np.uint8], template: Template) -> None:
        """Decode `rows`, which are of `template`, to the places `index`."""
        self.filled[index] = True
        epc = template.epc(rows)
        width = epc.shape[1]
        if width > self.epc.shape[1]:
            self.epc = np.pad(self.epc, ((0, 0), (0, width - self.epc.shape[1])))
        self.epc[index, :width] = epc
        self.epc_bytes[index] = width
        if template.antenna_at:
            self.antenna[index], self.has_antenna[index] = template.antenna(rows), True
        if template.has_rssi:
            self.rssi[index], self.has_rssi[index] = template.rssi(rows), True
        if template.count_at:
            self.n[index], self.has_n[index] = template.count(rows), True
        if template.seen_at:
            self.seen_us[index], self.clock[index] = template.seen(rows), template.clock

    def columns(self, keep: NDArray[np.bool_]) -> TagColumns:
        """What was filled, `keep` alone, no wider than the longest EPC."""
        epc_bytes = self.epc_bytes[keep]
        return TagColumns(
            antenna=self.antenna[keep],
            epc=self.epc[keep, : int(epc_bytes.max())],
            epc_bytes=epc_bytes,
            rssi=self.rssi[keep],
            n=self.n[keep],
            seen_us=self.seen_us[keep],
            clock=self.clock[keep],
        )


@cache
def _packing(width: int) -> tuple[Callable[..., bytes], np.dtype[np.void]]:
    """How a `Row` with an EPC of `width` bytes is packed, and how numpy reads that.

    Templates are few and so are widths: 31 words at most.
    """
    fields = (
        ("seen_us", "q", np.int64, ()),
        ("rssi", "f", np.float32, ()),
        ("antenna", "i", np.int32, ()),
        ("n", "i", np.int32, ()),
        ("epc", f"{width}s", np.uint8, (width,)),
        ("epc_bytes", "i", np.int32, ()),
        ("clock", "B", np.uint8, ()),
    )
    packing = struct.Struct("=" + "".join(letter for _, letter, _, _ in fields))
    return packing.pack, np.dtype([(name, kind, shape) for name, _, kind, shape in fields])


def _equal_size(data: bytes) -> int:
    """The first TagReportData's length where that divides `data`, otherwise 0."""
    if len(data) < _HEADER.size:
        return 0
    word, size = _HEADER.unpack_from(data)
    if word & _TYPE_BITS != _TAG_REPORT_DATA or size <= _HEADER.size or len(data) % size:
        return 0
    return int(size)


def _inherit(column: NDArray[Any], present: NDArray[np.bool_], last: float) -> None:
    """Fill what is absent with the value before it, or `last` where nothing came before."""
    if present.all():
        return
    source = np.maximum.accumulate(np.where(present, np.arange(len(present)), -1))
    column[:] = column[source]
    column[source < 0] = last
