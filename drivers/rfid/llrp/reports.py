"""Tag reports decoded in numpy, at line rate: report bodies in, columns out.

A reader sends the same shape of TagReportData again and again. So the first of a kind is walked
byte by byte to a `Template` (where which field stands, which bytes must not differ) and all that
match it are decoded as one array. Bodies of many reports are decoded together; a report that comes
alone, and reports of one length that come together, are read by a `plan` for messages so long.

The inherit rule, LLRP 1.0.1 section 14.2.3(ii): a parameter that is switched on and yet absent has
the value of the last one received. What was never received is unknown: no antenna drops the read
(counted), no RSSI is NaN, no count is 1, no time is `Clock.NONE`.
"""

from __future__ import annotations

import struct
from collections import Counter
from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from drivers.rfid.llrp.columns import TagColumns
from drivers.rfid.llrp.framing import HEADER, VERSIONS
from drivers.rfid.llrp.plan import FEW, Plan, plan_of
from drivers.rfid.llrp.shapes import MessageType
from drivers.rfid.llrp.template import Clock, Template, TemplateError, template_of

__all__ = ["ReportDecoder", "TagColumns"]

_HEADER = struct.Struct("!HH")
_TAG_REPORT_DATA = 240
_TV = 0x8000
_TYPE_BITS = 0x3FF | _TV
_MESSAGE_TYPE = 0x3FF
MAX_TEMPLATES = 32
"""Kept from batch to batch. More shapes than this in one batch are decoded one by one."""
MAX_PLANS = 256
"""Kept of messages, and of bodies put together. A plan is a few times as long as what it reads."""
MANY = 512
"""Of longer reports no plan is kept: decoding them costs more than finding out that they match."""


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
        self._reports: dict[int, Plan] = {}
        self._alike: dict[int, Plan] = {}
        self._bodies: dict[int, Plan] = {}
        self._last: TagColumns | None = None

    def whole(self, data: bytes) -> TagColumns | None:
        """The tags of `data` where that is nothing but whole reports, alike and of a shape met
        before; else None.
        """
        plan = self._reports.get(len(data)) or self._planned_reports(data)
        if plan is None or (columns := plan(data)) is None:
            return None
        self._last = columns
        return columns

    def decode(self, bodies: Sequence[bytes]) -> TagColumns | None:
        """The tags of these report bodies; None when there are none."""
        data = bodies[0] if len(bodies) == 1 else b"".join(bodies)
        size = _equal_size(data)
        # Two torn reports may look like a whole one when they are put together.
        if not size or any(length % size for length in set(map(len, bodies))):
            return self._mixed(bodies)
        columns = self._few(data, size) if len(data) <= FEW * size else None
        if columns is None:
            rows = np.frombuffer(data, np.uint8).reshape(-1, size)
            template = self._template(rows[0])
            if template is None or not template.complete or not template.match(rows).all():
                return self._mixed(bodies)
            columns = template.columns(rows)
        self._last = columns
        return columns

    def _few(self, data: bytes, size: int) -> TagColumns | None:
        plan = self._bodies.get(len(data)) or self._planned(self._bodies, data, size)
        return None if plan is None else plan(data)

    def _planned_reports(self, data: bytes) -> Plan | None:
        """A plan for one message of that length or for several alike, where they are reports."""
        if len(data) <= HEADER.size:
            return None
        word, length, _ = HEADER.unpack_from(data)
        if length <= HEADER.size or len(data) % length:
            return None
        repeated = length < len(data)
        if repeated and (plan := self._alike.get(length)) is not None:
            return plan
        known = word & _MESSAGE_TYPE == MessageType.RO_ACCESS_REPORT and word >> 10 & 7 in VERSIONS
        size = _equal_size(data[HEADER.size : length]) if known else 0
        if not size or length - HEADER.size > MANY * size:
            return None
        plans = self._alike if repeated else self._reports
        return self._planned(plans, data[:length], size, HEADER.size)

    def _planned(
        self, plans: dict[int, Plan], data: bytes, size: int, head: int = 0
    ) -> Plan | None:
        """Make and keep a plan for data of that length whose tags are of a shape met before."""
        row = np.frombuffer(data, np.uint8, size, head)
        for template in self._templates.get(size, ()):
            if template.complete and template.match(row[None, :])[0]:
                if len(plans) >= MAX_PLANS:
                    plans.clear()
                count, repeated = (len(data) - head) // size, plans is self._alike
                plan = plan_of(template, count, data[:head], repeated=repeated)
                plans[len(data)] = plan
                return plan
        return None

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
        slots.inherit(self._last)
        homeless = slots.filled & (slots.antenna < 0)
        if homeless.any():
            self._drop("no_antenna", int(homeless.sum()))
        keep = slots.filled & ~homeless
        if not keep.any():
            return None
        self._last = slots.columns(keep)
        return self._last

    def _drop(self, reason: str, count: int = 1) -> None:
        self.faults[reason] += count
        self.lost += count


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

    def inherit(self, last: TagColumns | None) -> None:
        """Fill what is absent with the value before it, or that of the last tag ever."""
        stamped = self.clock != Clock.NONE
        for column, present, before in (
            (self.antenna, self.has_antenna, -1 if last is None else last.antenna[-1]),
            (self.rssi, self.has_rssi, np.nan if last is None else last.rssi[-1]),
            (self.n, self.has_n, 1 if last is None else last.n[-1]),
            (self.seen_us, stamped, 0 if last is None else last.seen_us[-1]),
            (self.clock, stamped, Clock.NONE if last is None else last.clock[-1]),
        ):
            _inherit(column, present, before)

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


def _equal_size(data: bytes) -> int:
    """The first TagReportData's length where that divides `data`, otherwise 0."""
    if len(data) < _HEADER.size:
        return 0
    word, size = _HEADER.unpack_from(data)
    if word & _TYPE_BITS != _TAG_REPORT_DATA or size <= _HEADER.size or len(data) % size:
        return 0
    return int(size)


def _inherit(column: NDArray[Any], present: NDArray[np.bool_], last: Any) -> None:
    """Fill what is absent with the value before it, or `last` where nothing came before."""
    if present.all():
        return
    source = np.maximum.accumulate(np.where(present, np.arange(len(present)), -1))
    column[:] = column[source]
    column[source < 0] = last
