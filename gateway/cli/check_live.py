"""Whether what the config names answers: devices, broker, secrets' files, the clock.

Only opens and closes: nothing is sent to a reader, a counter or the broker, so that a gateway that
runs at the same time is not disturbed.
"""

from __future__ import annotations

import ctypes
import os
import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from gateway import __file__ as _here
from gateway.config.load import Store

CONNECT_SECONDS = 3.0
TIME_ERROR = 5
"""What adjtimex(2) answers while no time source has set the clock."""
TIMEX_BYTES = 512
"""More than `struct timex` has on any machine (208 on 64-bit Linux)."""
BLUETOOTH = Path("/sys/class/bluetooth")


@dataclass(frozen=True, slots=True)
class Answer:
    """How one thing answered. `ok` None: nothing certain can be said, a person should look."""

    what: str
    ok: bool | None
    detail: str

    def __str__(self) -> str:
        """`reader-1: answers at 192.168.1.20:5084`."""
        mark = {True: "ok", False: "FAILED", None: "look"}[self.ok]
        return f"{mark:<6} {self.what}: {self.detail}"

    def as_json(self) -> dict[str, str | bool | None]:
        """The same for a machine."""
        return {"what": self.what, "ok": self.ok, "detail": self.detail}


def try_all(store: Store) -> tuple[Answer, ...]:
    """Try each device, the broker, the files of secrets and the clock, one after the other."""
    return (*_devices(store), *_uplink(store), clock_answer(time.time()))


def _devices(store: Store) -> Iterator[Answer]:
    config = store.config
    for reader in config.reader:
        yield _wire(store, reader.id, reader.port, reader.host_port)
    for door in config.door:
        yield _wire(store, door.id, door.port, door.host_port)
    if config.ble.enabled and config.ble.beacon:
        yield _adapter(config.ble.adapter)
    for beacon in config.ble.beacon:
        if beacon.key_file:
            yield _readable(beacon.id, store.path(beacon.key_file))


def _wire(store: Store, what: str, port: str | None, place: tuple[str, int] | None) -> Answer:
    if port:
        return _port(what, store.path(port))
    if place:
        return _connect(what, *place)
    return Answer(what, ok=None, detail="calls us by itself; nothing to try")


def _uplink(store: Store) -> Iterator[Answer]:
    uplink = store.config.uplink
    if uplink is None:
        return
    yield _connect("broker", *uplink.host_port)
    for name in (uplink.password_file, uplink.ca_file, uplink.client_cert, uplink.client_key):
        if name:
            yield _readable("broker", store.path(name))


def _connect(what: str, host: str, port: int) -> Answer:
    try:
        with socket.create_connection((host, port), timeout=CONNECT_SECONDS):
            return Answer(what, ok=True, detail=f"answers at {host}:{port}")
    except (OSError, UnicodeError) as error:  # UnicodeError: a host name that cannot be one
        return Answer(what, ok=False, detail=f"no answer at {host}:{port}: {_reason(error)}")


def _port(what: str, path: Path) -> Answer:
    try:
        os.close(os.open(path, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK))
    except OSError as error:
        return Answer(what, ok=False, detail=f"{path} does not open: {_reason(error)}")
    return Answer(what, ok=True, detail=f"{path} opens")


def _adapter(name: str) -> Answer:
    if (BLUETOOTH / name).exists():
        return Answer("ble", ok=True, detail=f"adapter {name} is there")
    found = sorted(path.name for path in BLUETOOTH.glob("hci*")) or ["none"]
    return Answer("ble", ok=False, detail=f"no adapter {name}; this machine has: {' '.join(found)}")


def _readable(what: str, path: Path) -> Answer:
    try:
        path.open("rb").close()
    except OSError as error:
        return Answer(what, ok=False, detail=f"{path} cannot be read: {_reason(error)}")
    return Answer(what, ok=True, detail=f"{path} can be read")


def clock_answer(now: float) -> Answer:
    """A clock older than this program is wrong for certain; one that NTP has not set may be."""
    if now < Path(_here).stat().st_mtime - 86_400:
        return Answer("clock", ok=False, detail="is older than this program: set the time")
    if _unset():
        return Answer("clock", ok=None, detail="not synchronised (NTP); times may be wrong")
    return Answer("clock", ok=True, detail="synchronised")


def _unset() -> bool:
    # modes = 0 (all zero) only asks.
    libc = ctypes.CDLL(None, use_errno=True)
    return bool(libc.adjtimex(ctypes.create_string_buffer(TIMEX_BYTES)) == TIME_ERROR)


def _reason(error: OSError | UnicodeError) -> str:
    if isinstance(error, TimeoutError):
        return "timed out"
    text = error.strerror if isinstance(error, OSError) else None
    return (text or str(error)).lower()
