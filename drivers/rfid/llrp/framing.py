"""LLRP messages on the wire: header, length, id. Bytes in, messages out; no I/O.

Source: LLRP 1.0.1, section 16.1.1 (message header `!HII`: 3 reserved bits, 3 version bits, 10 type
bits; length with the header; id).
"""

from __future__ import annotations

import struct
from typing import NamedTuple

VERSION = 1
"""1 = LLRP 1.0.1, which every reader speaks; 2 = 1.1."""
VERSIONS = (1, 2)
HEADER = struct.Struct("!HII")
MAX_MESSAGE_BYTES = 1 << 20
"""A report of 20,000 tags is half of this; a longer message is no reader talking LLRP."""


class ProtocolError(Exception):
    """The bytes are no LLRP; inside a stream there is no way to find the next message."""


class Message(NamedTuple):
    """One message: `body` is what follows the 10-byte header."""

    type: int
    id: int
    body: bytes
    version: int = VERSION

    def to_bytes(self) -> bytes:
        """The message with its header."""
        size = HEADER.size + len(self.body)
        return HEADER.pack(self.version << 10 | self.type, size, self.id) + self.body


class Framing:
    """Cuts a byte stream into messages.

    Attributes:
        rest: of at most one message that is not yet whole.
    """

    def __init__(self, max_message_bytes: int = MAX_MESSAGE_BYTES) -> None:
        self.rest = b""
        self._max = max_message_bytes

    def feed(self, data: bytes) -> list[Message]:
        """The messages that `data` completes, in order.

        Raises:
            ProtocolError: an impossible version or length; the stream is lost from there on.
                Messages that were whole before it come first, and the error with the next call.
        """
        buffer = self.rest + data if self.rest else data
        if len(buffer) >= HEADER.size:
            word, size, number = HEADER.unpack_from(buffer)
            if size == len(buffer) <= self._max and word >> 10 & 7 in VERSIONS:
                self.rest = b""
                return [Message(word & 0x3FF, number, buffer[HEADER.size :], word >> 10 & 7)]
        found: list[Message] = []
        at, end = 0, len(buffer)
        while end - at >= HEADER.size:
            word, size, number = HEADER.unpack_from(buffer, at)
            version = word >> 10 & 7
            if version not in VERSIONS or not HEADER.size <= size <= self._max:
                if found:
                    break
                raise ProtocolError(f"a header of version {version} with {size} bytes")
            if end - at < size:
                break
            body = buffer[at + HEADER.size : at + size]
            found.append(Message(word & 0x3FF, number, body, version))
            at += size
        self.rest = buffer[at:]
        return found
