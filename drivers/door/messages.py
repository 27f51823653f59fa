"""What the counter and the gateway say to each other: bodies of frames as values, both ways.

A body may be longer than what is known here: a newer firmware says more, and the rest is passed
over. Source: `firmware/README.md`, section "Messages".
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from dataclasses import astuple, dataclass
from enum import IntEnum
from typing import TypeAlias

from drivers.door.frames import Frame, encode_frame

_hello = struct.Struct("<IBBH16sBBB")
_state = struct.Struct("<IIHHBBHH")
_event = struct.Struct("<BHII")
_token = struct.Struct("<I")
_weight = struct.Struct("<BiH")


class Type(IntEnum):
    """The type byte of a frame; the top bit is set in what the gateway sends."""

    HELLO = 0x01
    STATE = 0x02
    EVENT = 0x03
    PONG = 0x04
    WEIGHT = 0x10
    GET = 0x81
    PING = 0x82


@dataclass(frozen=True, slots=True)
class Hello:
    """Who the unit is: at boot, every 30 s and on GET. `version` is (major, minor, patch)."""

    unit: int
    lanes: int
    reset_cause: int
    heartbeat_ms: int
    name: str
    version: tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class State:
    """The totals, which never go back while `boot` stays; each second, so also the heartbeat.

    Attributes:
        entries: people in, modulo 2^32.
        exits: people out, modulo 2^32.
        back: turn-backs, modulo 2^16.
        loiter: loiterers who were not counted, modulo 2^16.
        level: broken beams now, bit 2 × lane + beam.
        stuck: beams broken for 30 s or more, same bits; what was counted meanwhile is no count.
        dropped: edges of beams that found no room in the firmware's queue, modulo 2^16.
        tx_lost: frames that found no room in the serial buffer, modulo 2^16.
    """

    entries: int
    exits: int
    back: int = 0
    loiter: int = 0
    level: int = 0
    stuck: int = 0
    dropped: int = 0
    tx_lost: int = 0


@dataclass(frozen=True, slots=True)
class Event:
    """One passage, for an eye that watches live; totals never come from it."""

    kind: int
    duration_ms: int
    entries: int
    exits: int


@dataclass(frozen=True, slots=True)
class Pong:
    """The answer to a `Ping`, with its token."""

    token: int


@dataclass(frozen=True, slots=True)
class RawWeight:
    """Mean raw reading of a load cell over `n` samples; grams are the gateway's business."""

    cell: int
    raw: int
    n: int


@dataclass(frozen=True, slots=True)
class Get:
    """Say HELLO and STATE now."""


@dataclass(frozen=True, slots=True)
class Ping:
    """Answer with this token at once."""

    token: int


Message: TypeAlias = Hello | State | Event | Pong | RawWeight | Get | Ping


def read_message(frame: Frame) -> Message | str:
    """The message in a frame, or the fault it is dropped for: `unknown_type`, `short_body`."""
    reader = _READERS.get(frame.type)
    if reader is None:
        return "unknown_type"
    size, make = reader
    return make(frame.body) if len(frame.body) >= size else "short_body"


def write_message(message: Message, *, seq: int = 0, boot: int = 0, uptime_ms: int = 0) -> bytes:
    """A message as it goes over the wire; the gateway leaves boot and uptime at 0.

    Raises:
        ValueError: a number does not fit its field, or a name is not ASCII of 1 to 16 characters.
    """
    try:
        kind, body = _body(message)
        return encode_frame(Frame(kind, seq, boot, uptime_ms, body))
    except struct.error as wrong:
        raise ValueError(f"{type(message).__name__}: {wrong}") from wrong


def _body(message: Message) -> tuple[Type, bytes]:
    match message:
        case Hello(unit, lanes, reset_cause, heartbeat_ms, name, version):
            if not (name.isascii() and 1 <= len(name) <= 16):
                raise ValueError("a firmware's name has 1 to 16 ASCII characters")
            raw = _hello.pack(unit, lanes, reset_cause, heartbeat_ms, name.encode(), *version)
            return Type.HELLO, raw
        case State():
            return Type.STATE, _state.pack(*astuple(message))
        case Event():
            return Type.EVENT, _event.pack(*astuple(message))
        case Pong(token):
            return Type.PONG, _token.pack(token)
        case RawWeight():
            return Type.WEIGHT, _weight.pack(*astuple(message))
        case Get():
            return Type.GET, b""
        case Ping(token):
            return Type.PING, _token.pack(token)


def _read_hello(body: bytes) -> Hello:
    unit, lanes, cause, heartbeat_ms, name, *version = _hello.unpack_from(body)
    text = name.split(b"\x00")[0].decode("ascii", errors="replace")
    return Hello(unit, lanes, cause, heartbeat_ms, text, (version[0], version[1], version[2]))


_READERS: dict[int, tuple[int, Callable[[bytes], Message]]] = {
    Type.HELLO: (_hello.size, _read_hello),
    Type.STATE: (_state.size, lambda body: State(*_state.unpack_from(body))),
    Type.EVENT: (_event.size, lambda body: Event(*_event.unpack_from(body))),
    Type.PONG: (_token.size, lambda body: Pong(*_token.unpack_from(body))),
    Type.WEIGHT: (_weight.size, lambda body: RawWeight(*_weight.unpack_from(body))),
    Type.GET: (0, lambda _: Get()),
    Type.PING: (_token.size, lambda body: Ping(*_token.unpack_from(body))),
}
