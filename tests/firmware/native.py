"""The firmware's C core, built for this machine and called through ctypes."""

from __future__ import annotations

import ctypes
import subprocess
from dataclasses import dataclass
from pathlib import Path

from tests.firmware.rules import Run, Seen

FIRMWARE = Path(__file__).parents[2] / "firmware"
HOST = Path(__file__).parent / "host.c"
SOURCES = ("core/*.c", "door_counter/beams.c", "door_counter/counter.c", "shelf_scale/scale.c")
FLAGS = ("-std=c99", "-O2", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC")
ROOM = 160
"""Bytes that one millisecond may send, as on the chip."""


class Identity(ctypes.Structure):
    _fields_ = (
        ("unit", ctypes.c_uint32),
        ("boot", ctypes.c_uint32),
        ("lanes", ctypes.c_uint8),
        ("reset_cause", ctypes.c_uint8),
        ("name", ctypes.c_char * 16),
        ("version", ctypes.c_uint8 * 3),
    )


class Totals(ctypes.Structure):
    _fields_ = (
        ("entries", ctypes.c_uint32),
        ("exits", ctypes.c_uint32),
        ("back", ctypes.c_uint16),
        ("loiter", ctypes.c_uint16),
        ("dropped", ctypes.c_uint16),
        ("tx_lost", ctypes.c_uint16),
    )

    def numbers(self) -> tuple[int, ...]:
        return tuple(getattr(self, name) for name, _ in self._fields_)


class Note(ctypes.Structure):
    _fields_ = tuple((name, ctypes.c_uint32) for name in ("when", "kind", "tally", "took"))


READ = ctypes.CFUNCTYPE(ctypes.c_uint8, ctypes.c_uint16)
WRITE = ctypes.CFUNCTYPE(None, ctypes.c_uint16, ctypes.c_uint8)


class Memory(ctypes.Structure):
    _fields_ = (("read", READ), ("write", WRITE))


def build(folder: Path, firmware: Path = FIRMWARE, *more: str) -> ctypes.CDLL:
    """The core of `firmware`, compiled into `folder`."""
    made = folder / "core.so"
    sources = [str(path) for pattern in SOURCES for path in sorted(firmware.glob(pattern))]
    command = ["gcc", *FLAGS, *more, f"-I{firmware}", str(HOST), *sources, "-o", str(made)]
    subprocess.run(command, check=True)
    core = ctypes.CDLL(str(made))
    for name in ("lane", "counter", "scale", "kept"):
        getattr(core, f"host_sizeof_{name}").restype = ctypes.c_size_t
    for name in ("host_walk_lane", "host_walk_counter", "host_walk_scale", "host_write"):
        getattr(core, name).restype = ctypes.c_size_t
    core.host_read.restype = ctypes.c_size_t
    core.kept_find.restype = ctypes.c_void_p
    core.life_begin.restype = ctypes.c_uint32
    core.scale_raw.restype = ctypes.c_int32
    return core


def walk_lane(core: ctypes.CDLL, runs: list[Run], start: int = 0) -> list[Seen]:
    """What one lane says to `runs`, sorted as `rules.judge` does."""
    lane = ctypes.create_string_buffer(core.host_sizeof_lane())
    now = ctypes.c_uint32(start)
    notes = (Note * 64)()
    seen = []
    for broken, ms in runs:
        found = core.host_walk_lane(lane, broken, ms, ctypes.byref(now), notes, len(notes))
        assert found < len(notes)
        seen += [Seen((n.when - start) % 2**32, n.kind, n.tally, n.took) for n in notes[:found]]
    return sorted(seen)


@dataclass(frozen=True)
class Who:
    """A unit as it says HELLO."""

    unit: int = 4711
    boot: int = 305_441_741
    lanes: int = 1
    cause: int = 1
    name: bytes = b"shelfcast-door"
    version: tuple[int, int, int] = (1, 0, 0)

    def struct(self) -> Identity:
        version = (ctypes.c_uint8 * 3)(*self.version)
        return Identity(self.unit, self.boot, self.lanes, self.cause, self.name, version)


class NativeCounter:
    """The door counter as one C object. `changed` counts the steps whose totals should be kept."""

    def __init__(
        self,
        core: ctypes.CDLL,
        who: Who | None = None,
        totals: tuple[int, ...] = (0, 0, 0, 0, 0, 0),
        start: int = 0,
    ) -> None:
        self._core = core
        self._it = ctypes.create_string_buffer(core.host_sizeof_counter())
        self._now, self._changed = ctypes.c_uint32(start), ctypes.c_uint32(0)
        core.counter_begin(
            self._it, ctypes.byref((who or Who()).struct()), ctypes.byref(Totals(*totals))
        )

    def run(self, level: int, ms: int, chunk: bytes = b"", room: int = ROOM) -> bytes:
        """`ms` milliseconds with these beams broken; what the counter sent."""
        out = ctypes.create_string_buffer(256 + ms * 64)
        used = self._core.host_walk_counter(
            self._it,
            level,
            ms,
            ctypes.byref(self._now),
            chunk,
            len(chunk),
            out,
            ctypes.c_size_t(len(out)),
            room,
            ctypes.byref(self._changed),
        )
        return out.raw[:used]

    @property
    def changed(self) -> int:
        return self._changed.value

    @property
    def totals(self) -> tuple[int, ...]:
        totals = Totals()
        self._core.host_totals(self._it, ctypes.byref(totals))
        return totals.numbers()
