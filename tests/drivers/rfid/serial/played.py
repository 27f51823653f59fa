"""Readers played by the makers' papers, each a few lines: bytes in, bytes out.

Frames are made here by hand, not by our codecs, so that the two can be wrong only apart.
"""

from __future__ import annotations

import asyncio
import binascii
import contextlib
import os
import tty
from functools import reduce

EPC = bytes.fromhex("3034D2C040000040000000" + "4D")
PC = b"\x30\x00"


class Played:
    """What all of them have: tags by antenna (from 1), antennas that are missing, what was asked.

    `mute`: it answers nothing. `damage`: how many of the next answers have a byte broken.
    """

    def __init__(self, tags=None, missing=()) -> None:
        self.tags = {1: [EPC]} if tags is None else tags
        self.missing = set(missing)
        self.asked: list[bytes] = []
        self.mute = False
        self.damage = 0
        self._buffer = b""

    def hear(self, data: bytes) -> bytes:
        self._buffer += data
        said = b""
        while (size := self.size(self._buffer)) is not None and len(self._buffer) >= size:
            frame, self._buffer = self._buffer[:size], self._buffer[size:]
            self.asked.append(frame)
            answer = self.answer(frame)
            if answer and self.damage:
                self.damage -= 1
                middle = len(answer) // 2
                answer = answer[:middle] + bytes([answer[middle] ^ 1]) + answer[middle + 1 :]
            said += answer
        return b"" if self.mute else said

    def size(self, data: bytes) -> int | None:
        raise NotImplementedError

    def answer(self, frame: bytes) -> bytes:
        raise NotImplementedError


class PlayedA0(Played):
    """Four antennas; knows the session inventory unless it is `old`."""

    def __init__(self, tags=None, missing=(), old=False, address=1) -> None:
        super().__init__(tags, missing)
        self.antenna, self.power, self.old, self.address = 0, None, old, address

    def size(self, data):
        return data[1] + 2 if len(data) > 1 else None

    def say(self, command, data):
        body = bytes([0xA0, len(data) + 3, self.address, command]) + data
        return body + bytes([256 - sum(body) % 256 & 0xFF])

    def answer(self, frame):
        to, command, data = frame[2], frame[3], frame[4:-1]
        if to not in (self.address, 0xFF):
            return b""
        if command == 0x72:
            return self.say(0x72, b"\x01\x09")
        if command == 0x74:
            good = data[0] < 4
            self.antenna = data[0] if good else self.antenna
            return self.say(0x74, b"\x10" if good else b"\x47")
        if command == 0x66:
            self.power = data[0]
            return self.say(0x66, b"\x10")
        if self.old and command == 0x8B:
            return self.say(0x8B, b"\x41")
        if self.antenna + 1 in self.missing:
            return self.say(command, b"\x22")
        epcs = self.tags.get(self.antenna + 1, [])
        told = [
            self.say(command, bytes([0x08 << 2 | self.antenna]) + PC + epc + b"\x45")
            for epc in epcs
        ]
        end = bytes([self.antenna, 0, 19]) + len(epcs).to_bytes(4, "big")
        return b"".join(told) + self.say(command, end)


def mcrf4xx(data):
    crc = 0xFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0x8408 if crc & 1 else 0)
    return crc.to_bytes(2, "little")


class PlayedUhf288(Played):
    """Four antennas; tags come one a frame (03), then the end (`end`)."""

    end = 0x01
    power = 30
    index = False

    def size(self, data):
        return data[0] + 1 if data else None

    def say(self, command, status, data=b""):
        body = bytes([len(data) + 5, 0, command, status]) + data
        return body + mcrf4xx(body)

    def answer(self, frame):
        command, data = frame[2], frame[3:-2]
        if command == 0x21:
            info = bytes.fromhex("00160c034e00") + bytes([self.power]) + bytes.fromhex("0a01000000")
            return self.say(0x21, 0, info)
        if command == 0x2F:
            self.power = data[0]
            return self.say(0x2F, 0)
        assert len(data) == 9
        number = data[7] - 0x80 + 1
        named = bytes([number - 1 if self.index else 1 << number - 1])
        if number in self.missing:
            return self.say(1, 0xF8, named + b"\0")
        told = [
            self.say(1, 3, named + bytes([1, len(epc)]) + epc + b"\x40")
            for epc in self.tags.get(number, [])
        ]
        return b"".join(told) + self.say(1, self.end, named + b"\0")


class PlayedUhf18(PlayedUhf288):
    """One antenna, no RSSI, FB when there is no tag."""

    def answer(self, frame):
        command, data = frame[2], frame[3:-2]
        if command == 0x21:
            return self.say(0x21, 0, bytes.fromhex("020309034e001e0a"))
        assert not data
        epcs = self.tags.get(1, [])
        if not epcs:
            return self.say(1, 0xFB)
        block = b"".join(bytes([len(epc)]) + epc for epc in epcs)
        return self.say(1, 1, bytes([len(epcs)]) + block)


def thingmagic(data):
    table = [binascii.crc_hqx(bytes([nibble]), 0) for nibble in range(16)]
    crc = 0xFFFF
    for byte in data:
        crc = (crc << 4 & 0xFFFF | byte >> 4) ^ table[crc >> 12]
        crc = (crc << 4 & 0xFFFF | byte & 15) ^ table[crc >> 12]
    return crc.to_bytes(2, "big")


class PlayedM6e(Played):
    """Four ports; a read fills the buffer, which is fetched two records at a time."""

    def __init__(self, tags=None, missing=(), region=8) -> None:
        super().__init__(tags, missing)
        self.port, self.power, self.region = 1, None, region
        self.buffer: list[bytes] = []

    def size(self, data):
        return data[1] + 5 if len(data) > 1 else None

    def say(self, opcode, data=b"", status=0):
        body = bytes([len(data), opcode]) + status.to_bytes(2, "big") + data
        return b"\xff" + body + thingmagic(body)

    def answer(self, frame):
        opcode, data = frame[2], frame[3:-2]
        assert thingmagic(frame[1:-2]) == frame[-2:]
        match opcode:
            case 0x03:
                return self.say(3, bytes(12) + b"\x01\x0b\x03\x00" + bytes(4))
            case 0x04:
                return self.say(4, status=0x0101)
            case 0x67:
                return self.say(0x67, bytes([self.region]))
            case 0x97:
                self.region = data[0]
            case 0x91:
                if data[0] > 4:
                    return self.say(0x91, status=0x0105)
                self.port = data[0]
            case 0x92:
                self.power = int.from_bytes(data, "big") / 100
            case 0x2A:
                self.buffer = []
            case 0x22:
                return self.read(data)
            case 0x29:
                return self.fetch()
        return self.say(opcode)

    def read(self, data):
        if self.port in self.missing:
            return self.say(0x22, status=0x0503)
        epcs = self.tags.get(self.port, [])
        self.buffer = list(epcs)
        if not epcs:
            return self.say(0x22, status=0x0400)
        return self.say(0x22, data[:3] + len(epcs).to_bytes(4, "big"))

    def fetch(self):
        now, self.buffer = self.buffer[:2], self.buffer[2:]
        records = b""
        for epc in now:
            bits = (len(epc) + 4) * 8
            head = bytes([3, 0xC4, self.port << 4 | self.port, 5])
            records += head + bits.to_bytes(2, "big") + PC + epc + b"\x45\xe9"
        return self.say(0x29, b"\x00\x47\x00" + bytes([len(now)]) + records)


class PlayedChainway(Played):
    """Reads on the lowest antenna that is chosen until it is told to stop, deaf to all else."""

    def __init__(self, tags=None, missing=()) -> None:
        super().__init__(tags, missing)
        self.mask, self.reading, self.broken, self.tells_loss = 0x000F, False, 0, True
        self.gen2 = bytes.fromhex("01024010")

    def size(self, data):
        return int.from_bytes(data[2:4], "big") if len(data) > 3 else None

    def say(self, command, payload=b""):
        inside = (len(payload) + 8).to_bytes(2, "big") + bytes([command]) + payload
        return b"\xa5\x5a" + inside + bytes([reduce(lambda a, b: a ^ b, inside)]) + b"\r\n"

    def answer(self, frame):
        command, payload = frame[4], frame[5:-3]
        if command == 0x8C:
            self.reading = False
            return self.say(0x8D, b"\x01")
        if self.reading:
            self.broken += 1
            return b""
        match command:
            case 0x02:
                return self.say(3, b"\x07\x00\x09")
            case 0x22:
                return self.say(0x23, self.gen2)
            case 0x20:
                self.gen2 = payload
            case 0x26:
                return self.say(0x27, self.losses()) if self.tells_loss else b""
            case 0x28:
                self.mask = int.from_bytes(payload[1:], "big")
            case 0x82:
                self.reading = True
                return self.stream()
        return self.say(command + 1, b"\x01")

    def losses(self):
        pairs = [
            (n, 16 if self.mask >> n - 1 & 1 and n not in self.missing else 0) for n in range(1, 5)
        ]
        return b"".join(bytes(pair) for pair in pairs)

    def stream(self):
        number = (self.mask & -self.mask).bit_length()
        epcs = [] if number in self.missing else self.tags.get(number, [])
        return b"".join(self.say(0x83, PC + epc + b"\xfe\x13" + bytes([number])) for epc in epcs)


class OnPty:
    """A played reader at the far end of a pty."""

    def __init__(self, played: Played) -> None:
        self.played = played
        self.master, slave = os.openpty()
        tty.setraw(slave)
        self.port = os.ttyname(slave)
        os.close(slave)
        os.set_blocking(self.master, False)
        self._loop = asyncio.get_running_loop()
        self._loop.add_reader(self.master, self._serve)

    def _serve(self) -> None:
        try:
            data = os.read(self.master, 4_096)
        except OSError:  # nobody has the port open just now
            return
        said = self.played.hear(data)
        if said:
            os.write(self.master, said)

    def close(self) -> None:
        self._loop.remove_reader(self.master)
        with contextlib.suppress(OSError):
            os.close(self.master)
