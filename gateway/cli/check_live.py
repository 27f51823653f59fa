"""Whether what the config names answers: devices, brokers, the till's folder, secrets, the clock.

Readers and counters are opened and closed: nothing is sent to them, so that a gateway that runs at
the same time is not disturbed. What is written into the till's folder is gone at once.
"""

from __future__ import annotations

import ctypes
import importlib.util
import os
import socket
import ssl
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from drivers.ble.identity import octets_of
from drivers.door.gpio_lines import MISSING
from drivers.pos.folder import DONE
from gateway import __file__ as _here
from gateway.cli.answers import Answer
from gateway.cli.check_brokers import hq, till_broker
from gateway.config.load import Store
from gateway.config.model_devices import DoorSection
from gateway.devices import DONGLE, WITHOUT_BUMBLE
from gateway.doors import CHIP

CONNECT_SECONDS = 3.0
TIME_ERROR = 5
"""What adjtimex(2) answers while no time source has set the clock."""
TIMEX_BYTES = 512
"""More than `struct timex` has on any machine (208 on 64-bit Linux)."""
BLUETOOTH = Path("/sys/class/bluetooth")


def try_all(store: Store) -> tuple[Answer, ...]:
    """Try each device, the till, the brokers, the files of secrets and the clock, in this order."""
    return (
        *_devices(store),
        *till_broker(store),
        *_till_folder(store),
        *_uplink(store),
        clock_answer(time.time()),
    )


def _devices(store: Store) -> Iterator[Answer]:
    config = store.config
    for reader in config.reader:
        yield _wire(store, reader.id, reader.port, reader.host_port, tls=reader.tls)
    for door in config.door:
        yield from _door(store, door)
    # Opening a port resets some boards, so a board is opened once for all that it carries.
    boards: dict[str, str] = {door.port: door.id for door in config.door if door.port}
    for scale in config.scale:
        if scale.port in boards:
            with_whom = f"on the board of {boards[scale.port]}"
            yield Answer(scale.id, ok=None, detail=f"{with_whom}; /devices says whether it weighs")
        else:
            boards[scale.port] = scale.id
            yield _port(scale.id, store.path(scale.port))
    if config.ble.enabled and config.ble.beacon:
        yield _adapter(config.ble.adapter)
    if config.ble.dongle is not None:
        yield _dongle(config.ble.dongle)
    for beacon in config.ble.beacon:
        if beacon.key_file:
            yield _readable(beacon.id, store.path(beacon.key_file))


def _door(store: Store, door: DoorSection) -> Iterator[Answer]:
    if door.driver == "gpio":
        yield _chip(door.id, Path(door.port or CHIP))
    elif door.topic:
        yield Answer(door.id, ok=None, detail=f"publishes on {door.topic}; see the till broker")
    else:
        yield _wire(store, door.id, door.port, door.host_port)
    for name in (door.password_file, door.token_file):
        if name:
            yield _readable(door.id, store.path(name))


def _wire(
    store: Store,
    what: str,
    port: str | None,
    place: tuple[str, int] | None,
    *,
    tls: bool = False,
) -> Answer:
    if port:
        return _port(what, store.path(port))
    if place:
        return _connect(what, *place, tls=tls)
    return Answer(what, ok=None, detail="calls us by itself; nothing to try")


def _chip(what: str, path: Path) -> Answer:
    if importlib.util.find_spec("gpiod") is None:
        return Answer(what, ok=False, detail=MISSING)
    return _port(what, path)


def _till_folder(store: Store) -> Iterator[Answer]:
    till = store.config.till
    if "file" not in till.sources:
        return
    if till.folder is None:
        yield Answer("till folder", ok=None, detail="made in the data folder at the start")
        return
    yield _folder("till folder", store.path(till.folder))


def _folder(what: str, folder: Path) -> Answer:
    """Whether files can be written there and moved to where they are put away."""
    if not folder.is_dir():
        return Answer(what, ok=False, detail=f"{folder} is no folder; is its share mounted?")
    done = folder / DONE
    try:
        # No till writes a hidden file, and none that runs meanwhile is read (see `settling`).
        descriptor, name = tempfile.mkstemp(".tmp", ".shelfcast-check-", folder)
        os.close(descriptor)
        file = Path(name)
        try:
            file = file.rename((done if done.is_dir() else folder) / f"{file.name}.moved")
        finally:
            file.unlink()
    except OSError as error:
        return Answer(what, ok=False, detail=f"{folder}: cannot write and move: {_reason(error)}")
    return Answer(what, ok=True, detail=f"{folder} takes files and lets them be moved")


def _uplink(store: Store) -> Iterator[Answer]:
    uplink = store.config.uplink
    if uplink is None:
        return
    if uplink.url.startswith(("ws:", "wss:")):
        yield _connect("broker", *uplink.host_port)
    yield from hq(store)
    for name in (uplink.password_file, uplink.ca_file, uplink.client_cert, uplink.client_key):
        if name:
            yield _readable("broker", store.path(name))


def _connect(what: str, host: str, port: int, *, tls: bool = False) -> Answer:
    try:
        with socket.create_connection((host, port), timeout=CONNECT_SECONDS) as link:
            if tls:
                # As its driver does: its certificate must be trusted by this machine.
                ssl.create_default_context().wrap_socket(link, server_hostname=host).close()
            return Answer(what, ok=True, detail=f"answers at {host}:{port}")
    except (OSError, UnicodeError) as error:  # UnicodeError: a host name that cannot be one
        return Answer(what, ok=False, detail=f"no answer at {host}:{port}: {_reason(error)}")


def _port(what: str, path: Path) -> Answer:
    try:
        os.close(os.open(path, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK))
    except OSError as error:
        return Answer(what, ok=False, detail=f"{path} does not open: {_reason(error)}")
    return Answer(what, ok=True, detail=f"{path} opens")


def _dongle(place: str) -> Answer:
    """Not opened: a gateway that runs has it, and bumble takes it from whoever has it."""
    if importlib.util.find_spec("bumble") is None:
        return Answer(DONGLE, ok=False, detail=WITHOUT_BUMBLE)
    return Answer(DONGLE, ok=None, detail=f"{place} is not opened; /devices says whether it hears")


def _adapter(name: str) -> Answer:
    if octets_of(name):
        return Answer("ble", ok=None, detail="known by its address; /devices says whether it hears")
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
