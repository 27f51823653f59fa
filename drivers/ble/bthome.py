"""BTHome v2 in the service data of UUID fcd2, plain or encrypted.

`decode_objects` is the codec. A `Session` is what is remembered of one listed device between its
adverts: its key, the last counter and the last packet id, so that a repeat is not taken twice and
a recorded advert cannot be played back.

Source: bthome.io/format and bthome.io/encryption.
"""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple, TypeAlias

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESCCM

from drivers.ble.bthome_objects import BUTTONS, DIMMERS, OBJECTS, Form, Object

SERVICE = "fcd2"
KEY_BYTES = 16
TAG_BYTES = 4
COUNTER_MAX = 0xFFFF_FFFF

ENCRYPTED, WITH_ADDRESS = 0x01, 0x02
_VERSION_SHIFT, _VERSION = 5, 2
_NONCE_UUID = b"\xd2\xfc"
_PACKET_ID = 0x00

Value: TypeAlias = int | float | bool | str | bytes

_new = tuple.__new__
"""How a named tuple is made, without the function around it: that costs more than reading it."""


class Reading(NamedTuple):
    """One object: `value` in `unit` (a number, a truth, an event's name, text or bytes)."""

    object_id: int
    name: str
    value: Value
    unit: str


class Packet(NamedTuple):
    """The objects of one advert in their order.

    Attributes:
        packet_id: the sender's number for this packet, None where it gives none.
        unread: how many bytes were left when an unknown or torn object ended the reading.
    """

    readings: tuple[Reading, ...]
    packet_id: int | None = None
    unread: int = 0


class Refusal(StrEnum):
    """Why service data was not taken. All but `REPEATED` are faults to count."""

    EMPTY = "bthome_empty"
    VERSION = "bthome_version"
    SHORT = "bthome_short"
    NO_KEY = "bthome_no_key"
    """Encrypted, and no key is listed for the device."""
    PLAIN = "bthome_plain"
    """A key is listed, so plain data is somebody else's."""
    ADDRESS = "bthome_address"
    """The address that belongs into the nonce is not one."""
    REPLAYED = "bthome_replayed"
    """The counter did not rise."""
    FORGED = "bthome_forged"
    """The check does not fit: another key, another sender, or damage."""
    REPEATED = "repeated"
    """The packet that was taken last, heard again."""


def decode_objects(data: bytes) -> Packet:
    """Read the objects of a plain (or decrypted) BTHome payload, info byte taken off; never raises.

    An unknown object ends the reading, for its width is unknown too.
    """
    readings: list[Reading] = []
    packet_id: int | None = None
    place, end = 0, len(data)
    while place < end:
        object_id = data[place]
        row = _ROWS.get(object_id)
        if row is None:
            break
        size, half, over, name, unit, other = row
        start = place + 1
        if not size:
            if start == end:
                break
            size = _stated_size(object_id, data[start])
            start += 1
        if start + size > end:
            break
        place = start + size
        value: Value | None
        if other is not None:
            value = _value(other, data[start:place])
        else:
            value = int.from_bytes(data[start:place], "little")
            if value >= half:
                value -= 2 * half
            # Division by a power of ten gives the nearest double; a factor of 0.01 would not.
            if over != 1:
                value /= over
        if object_id == _PACKET_ID:
            packet_id = data[start]
        elif value is not None:
            readings.append(_new(Reading, (object_id, name, value, unit)))
    return _new(Packet, (tuple(readings), packet_id, end - place))


class Session:
    """What is remembered of one listed device.

    With a key, plain data is refused for ever, and the counter must rise; after 0xFFFFFFFF it may
    begin again at 0. A device whose counter fell back by itself (a new battery, in some makes) is
    refused until the gateway starts anew: nothing else tells it from a recording.
    """

    def __init__(self, key: bytes | None = None) -> None:
        if key is not None and len(key) != KEY_BYTES:
            raise ValueError(f"a BTHome key has {KEY_BYTES} bytes, not {len(key)}")
        self._cipher = None if key is None else AESCCM(key, tag_length=TAG_BYTES)
        self._counter: int | None = None
        self._packet_id: int | None = None

    def take(self, data: bytes, address: bytes) -> Packet | Refusal:
        """Read service data of UUID fcd2 that came from `address` (6 bytes, as it is written).

        Data that carries its sender's address is decrypted with that one.
        """
        if not data:
            return Refusal.EMPTY
        info = data[0]
        if info >> _VERSION_SHIFT != _VERSION:
            return Refusal.VERSION
        body = data[1:]
        if info & WITH_ADDRESS:
            if len(body) < 6:
                return Refusal.SHORT
            address, body = body[5::-1], body[6:]
        if info & ENCRYPTED:
            plain = self._decrypted(data[:1], body, address)
            if not isinstance(plain, bytes):
                return plain
            body = plain
        elif self._cipher is not None:
            return Refusal.PLAIN
        packet = decode_objects(body)
        return packet if packet.packet_id is None else self._once(packet)

    def _decrypted(self, info: bytes, body: bytes, address: bytes) -> bytes | Refusal:
        if self._cipher is None:
            return Refusal.NO_KEY
        if len(address) != 6:
            return Refusal.ADDRESS
        # At least one object id and its value, the counter and the tag.
        if len(body) < 2 + 4 + TAG_BYTES:
            return Refusal.SHORT
        counter = body[-8:-4]
        number, last = int.from_bytes(counter, "little"), self._counter
        if number == last:
            return Refusal.REPEATED
        if last is not None and number < last and not self._wrapped(number):
            return Refusal.REPLAYED
        nonce = address + _NONCE_UUID + info + counter
        try:
            plain = self._cipher.decrypt(nonce, body[:-8] + body[-4:], None)
        except InvalidTag:
            return Refusal.FORGED
        # Only a packet that proved itself moves the counter, or a forger could lock the device out.
        self._counter = number
        return plain

    def _wrapped(self, number: int) -> bool:
        return number == 0 and self._counter == COUNTER_MAX

    def _once(self, packet: Packet) -> Packet | Refusal:
        if packet.packet_id == self._packet_id:
            return Refusal.REPEATED
        self._packet_id = packet.packet_id
        return packet


def _stated_size(object_id: int, length: int) -> int:
    # A command's length byte counts its arguments in five bits; the opcode comes on top.
    return 1 + (length & 0x1F) if OBJECTS[object_id].form is Form.COMMAND else length


def _value(row: Object, data: bytes) -> Value | None:
    """The value of what is no plain number; None for an event that nobody has a name for."""
    match row.form:
        case Form.BINARY:
            return data[0] != 0
        case Form.BUTTON:
            return BUTTONS.get(data[0])
        case Form.DIMMER:
            turn = DIMMERS.get(data[0])
            return None if turn is None else f"{turn} {data[1]}"
        case Form.TEXT:
            return data.decode(errors="replace")
        case Form.VERSION:
            return ".".join(str(part) for part in reversed(data))
        case Form.SINT:
            return int.from_bytes(data, "little", signed=True) * row.times / row.over
        case _:
            return data


_Row: TypeAlias = tuple[int, int, int, str, str, Object | None]


def _row(row: Object) -> _Row:
    """What the loop over objects needs: size, half of a signed number's range, divisor, words.

    The last is the object itself where it is no plain number.
    """
    plain = row.form in (Form.UINT, Form.SINT) and row.times == 1
    half = 1 << (8 * row.size - 1 if row.form is Form.SINT else 64)
    return row.size, half, row.over, row.name, row.unit, None if plain else row


_ROWS = {object_id: _row(row) for object_id, row in OBJECTS.items()}
