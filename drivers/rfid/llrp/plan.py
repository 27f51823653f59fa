"""Whole stretches of tags of one shape, checked in one step and read in another.

A quiet reader sends its tags in reports of one, a busy one in reports of the same few sizes, of
which many are read at once. For each such length a plan is made once: which bytes must stand where,
and how the rest is read. A few tags are read with `struct`, for numpy's calls would cost more than
all the rest; their arrays are made when somebody asks for them. Many tags are read with numpy.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Sequence
from typing import Any, Final, TypeAlias

import numpy as np

from drivers.rfid.llrp.columns import TagColumns
from drivers.rfid.llrp.template import Template

FEW = 32
"""Up to so many tags are read without numpy."""
Plan: TypeAlias = Callable[[bytes], TagColumns | None]
"""The tags of some bytes of the plan's own length; None when they are of another shape."""

_FIELDS = 5
_NUMBER_AT = 6
_HEADER_MASK = b"\xff" * _NUMBER_AT + bytes(4)


def plan_of(template: Template, count: int, header: bytes = b"", *, repeated: bool = False) -> Plan:
    """How `count` tags of a `complete` template are read that stand behind such a `header`.

    The header of a message may differ in the message's number. `repeated`: any number of such
    messages, one behind the other.
    """
    row, row_mask = template.masked()
    head, head_mask = (header[:_NUMBER_AT] + bytes(4), _HEADER_MASK) if header else (b"", b"")
    expected, mask = head + row * count, head_mask + row_mask * count
    if count > FEW or repeated:
        return _many(template, len(header), expected, mask)
    return _few(_Shape(template, count, len(header)), expected, mask)


def _few(shape: _Shape, expected: bytes, mask: bytes) -> Plan:
    from_bytes, unpack = int.from_bytes, shape.wire.unpack
    bits, wanted = from_bytes(mask), from_bytes(expected)

    def take(data: bytes) -> TagColumns | None:
        if from_bytes(data) & bits != wanted:
            return None
        return FewTags(shape, unpack(data))

    return take


def _many(template: Template, head: int, expected: bytes, mask: bytes) -> Plan:
    bits, wanted = np.frombuffer(mask, np.uint8), np.frombuffer(expected, np.uint8)

    def take(data: bytes) -> TagColumns | None:
        raw = np.frombuffer(data, np.uint8).reshape(-1, len(bits))
        if ((raw & bits) != wanted).any():
            return None
        return template.columns(raw[:, head:].reshape(-1, template.size))

    return take


class _Shape:
    """What the values of `FewTags` are, `_FIELDS` a tag as on the wire, and as which arrays."""

    def __init__(self, template: Template, count: int, head: int) -> None:
        fields = template.fields()
        names = [field.name for field in fields]
        layout, at = "", 0
        for field in fields:
            layout += f"{field.at - at}x{field.wire}"
            at = field.at + struct.calcsize("!" + field.wire)
        layout += f"{template.size - at}x"
        self.wire: Final = struct.Struct(f"!{head}x" + layout * count)
        self.pack: Final = struct.Struct("=" + "".join(f.native for f in fields) * count).pack
        self.dtype: Final = np.dtype([(f.name, f.kind, f.shape) for f in fields])
        self.epc: Final = names.index("epc")
        self.count: Final = names.index("n")
        self.scale: Final = np.float32(template.rssi_scale)
        self.epc_bytes: Final = np.full(count, template.epc_bytes, np.int32)
        self.clock: Final = np.full(count, template.clock, np.uint8)
        self.epc_bytes.setflags(write=False)
        self.clock.setflags(write=False)


class FewTags(TagColumns):
    """A few tags of one shape, as Python's own values; columns from the first time they are asked.

    A slot of `TagColumns` that was never filled is looked for by `__getattr__`, which fills all.
    """

    __slots__ = ("_shape", "_values")

    def __init__(self, shape: _Shape, values: tuple[Any, ...]) -> None:
        self._shape, self._values = shape, values

    def __len__(self) -> int:
        return len(self._values) // _FIELDS

    def __getattr__(self, name: str) -> object:
        if name not in TagColumns.__slots__:
            raise AttributeError(name)
        self._fill()
        return getattr(self, name)

    def epcs(self) -> Sequence[bytes]:
        """The EPC memory of each tag."""
        return self._values[self._shape.epc :: _FIELDS]

    def _fill(self) -> None:
        shape = self._shape
        block = np.frombuffer(shape.pack(*self._values), shape.dtype)
        self.antenna, self.epc, self.seen_us = block["antenna"], block["epc"], block["seen_us"]
        self.n, self.rssi = block["n"], block["rssi"]
        if 0 in self._values[shape.count :: _FIELDS]:
            self.n = np.maximum(self.n, 1)
        if shape.scale != 1:
            self.rssi = self.rssi / shape.scale
        self.epc_bytes, self.clock = shape.epc_bytes, shape.clock
