"""LLRP parameters and message bodies, both ways, by the table in `shapes`.

A parameter is a `Parameter`: its number, its field values by name, its sub-parameters. Whoever
plays a reader (the demo, the tests) uses the same functions as the client. Tag reports at line rate
do not pass here: see `reports`.

Source: LLRP 1.0.1, section 16.2 (TLV: `!HH` with 10 type bits and the length with this header; TV:
one byte `0x80 | type`, no length).
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from drivers.rfid.llrp.framing import Message, ProtocolError
from drivers.rfid.llrp.shapes import MESSAGES, PARAMETERS, Shape

Value: TypeAlias = int | bytes | str | tuple[int, ...]

_TLV = struct.Struct("!HH")
_COUNT = struct.Struct("!H")
_RAW = Shape("?", (("raw", "rest"),))
MAX_DEPTH = 12
"""An ROSpec with everything in it is 8 deep."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter. A number that `shapes` does not list has one value, `raw`."""

    type: int
    values: Mapping[str, Value] = field(default_factory=dict)
    children: tuple[Parameter, ...] = ()

    def number(self, name: str) -> int:
        """A numeric field's value (0 where the field is absent)."""
        value = self.values.get(name, 0)
        return value if isinstance(value, int) else 0

    def text(self, name: str) -> str:
        """A text field's value ("" where the field is absent)."""
        value = self.values.get(name, "")
        return value if isinstance(value, str) else ""

    def child(self, kind: int) -> Parameter | None:
        """The first sub-parameter of that number."""
        return first(self.children, kind)


@dataclass(frozen=True, slots=True)
class Body:
    """A message's body: its own fields and its parameters."""

    values: Mapping[str, Value] = field(default_factory=dict)
    parameters: tuple[Parameter, ...] = ()

    def number(self, name: str) -> int:
        """A numeric field's value (0 where the field is absent)."""
        value = self.values.get(name, 0)
        return value if isinstance(value, int) else 0

    def parameter(self, kind: int) -> Parameter | None:
        """The first parameter of that number."""
        return first(self.parameters, kind)


def first(parameters: Sequence[Parameter], kind: int) -> Parameter | None:
    """The first parameter of that number."""
    return next((found for found in parameters if found.type == kind), None)


def make(kind: int, /, *children: Parameter, **values: Value) -> Parameter:
    """A parameter, as short as it reads: `make(P.ANTENNA_ID, antenna=3)`."""
    return Parameter(kind, values, children)


def message(kind: int, number: int, /, *parameters: Parameter, **values: Value) -> Message:
    """A whole message of fields and parameters."""
    fields = MESSAGES.get(kind, ())
    return Message(kind, number, _pack(fields, values) + encode(parameters))


def decode_body(received: Message) -> Body:
    """The fields and parameters of a message.

    Raises:
        ProtocolError: a length that points outside, a field that is cut short.
    """
    body = received.body
    values, at = _unpack(MESSAGES.get(received.type, ()), body, 0, len(body))
    return Body(values, tuple(_decode(body, at, len(body), 0)))


def encode(parameters: Sequence[Parameter]) -> bytes:
    """Parameters one after the other, as they stand in a message or parameter."""
    return b"".join(map(_encode_one, parameters))


def decode(data: bytes) -> tuple[Parameter, ...]:
    """All parameters in `data`.

    Raises:
        ProtocolError: a length that points outside, a field that is cut short.
    """
    return tuple(_decode(data, 0, len(data), 0))


def _encode_one(parameter: Parameter) -> bytes:
    shape = PARAMETERS.get(parameter.type, _RAW)
    content = _pack(shape.fields, parameter.values) + encode(parameter.children)
    if parameter.type < 128:
        return bytes((0x80 | parameter.type,)) + content
    return _TLV.pack(parameter.type, _TLV.size + len(content)) + content


def _decode(data: bytes, at: int, end: int, depth: int) -> Iterator[Parameter]:
    if depth > MAX_DEPTH:
        raise ProtocolError("parameters nested too deep")
    while at < end:
        if data[at] & 0x80:
            kind = data[at] & 0x7F
            if kind not in PARAMETERS:
                raise ProtocolError(f"unknown parameter {kind} without a length")
            values, at = _unpack(PARAMETERS[kind].fields, data, at + 1, end)
            yield Parameter(kind, values)
            continue
        if end - at < _TLV.size:
            raise ProtocolError("a parameter is cut short")
        word, size = _TLV.unpack_from(data, at)
        stop = at + size
        if size < _TLV.size or stop > end:
            raise ProtocolError(f"parameter {word & 0x3FF} says it has {size} bytes")
        kind = word & 0x3FF
        values, inside = _unpack(PARAMETERS.get(kind, _RAW).fields, data, at + _TLV.size, stop)
        yield Parameter(kind, values, tuple(_decode(data, inside, stop, depth + 1)))
        at = stop


def _pack(fields: Sequence[tuple[str, str]], values: Mapping[str, Value]) -> bytes:
    return b"".join(_pack_field(kind, values.get(name)) for name, kind in fields)


def _pack_field(kind: str, value: Value | None) -> bytes:
    match kind, value:
        case "rest", bytes():
            return value
        case "text", str():
            data = value.encode()
            return _COUNT.pack(len(data)) + data
        case "bytes", bytes():
            return _COUNT.pack(len(value)) + value
        case "bits", bytes():
            return _COUNT.pack(8 * len(value)) + value
        case "u16s", tuple():
            return struct.pack(f"!H{len(value)}H", len(value), *value)
        case "rest" | "text" | "bytes" | "bits" | "u16s", None:
            return b"" if kind == "rest" else _COUNT.pack(0)
        case "12s", bytes():
            return value.ljust(12, b"\0")
        case _:
            return struct.pack("!" + kind, value or 0)


def _unpack(
    fields: Sequence[tuple[str, str]], data: bytes, at: int, end: int
) -> tuple[dict[str, Value], int]:
    values: dict[str, Value] = {}
    for name, kind in fields:
        values[name], at = _unpack_field(kind, data, at, end)
    return values, at


def _unpack_field(kind: str, data: bytes, at: int, end: int) -> tuple[Value, int]:
    if kind == "rest":
        return data[at:end], end
    if kind in ("text", "bytes", "bits", "u16s"):
        count = _COUNT.unpack(_take(data, at, 2, end))[0]
        size = {"bits": (count + 7) // 8, "u16s": 2 * count}.get(kind, count)
        content = _take(data, at + 2, size, end)
        at += 2 + size
        if kind == "text":
            return content.decode(errors="replace"), at
        if kind == "u16s":
            return struct.unpack(f"!{count}H", content), at
        return content, at
    packed = struct.Struct("!" + kind)
    value: Value = packed.unpack(_take(data, at, packed.size, end))[0]
    return value, at + packed.size


def _take(data: bytes, at: int, size: int, end: int) -> bytes:
    if at + size > end:
        raise ProtocolError("a field is cut short")
    return data[at : at + size]
