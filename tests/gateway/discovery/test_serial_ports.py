"""Who answers on a serial port: played devices on ptys, asked by the real drivers."""

from __future__ import annotations

import asyncio
import os
import pty
import tomllib
import tty
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from drivers.door.messages import RawWeight
from drivers.rfid.m100 import GET_INFO, STOP_POLL, _frame
from gateway.clock import SystemClock
from gateway.discovery.found import Found
from gateway.discovery.serial_ports import FAMILIES, Answered, ask, ports
from tests.drivers.door.virtual import VirtualCounter
from tests.drivers.rfid.serial.played import (
    OnPty,
    Played,
    PlayedA0,
    PlayedChainway,
    PlayedM6e,
    PlayedUhf288,
)


async def answered(port: str, driver: str) -> Answered:
    """Ask `driver` last: the others have a moment only, so that the test is quick."""
    wanted = [one for one in FAMILIES if one.driver == driver]
    others = [replace(one, seconds=0.15) for one in FAMILIES if one.driver != driver]
    return await ask(port, SystemClock(), [*others[:2], *wanted])


@pytest.mark.parametrize(
    ("played", "driver"),
    [
        (PlayedA0(), "a0"),
        (PlayedUhf288(), "uhf288"),
        (PlayedM6e(), "m6e"),
        (PlayedChainway(), "chainway"),
    ],
    ids=["a0", "uhf288", "m6e", "chainway"],
)
async def test_readers_are_known_by_their_protocol(played: Played, driver: str) -> None:
    device = OnPty(played)
    # A played reader is strict about its own protocol: it is asked in no other.
    wanted = [one for one in FAMILIES if one.driver == driver]
    try:
        found = await ask(device.port, SystemClock(), wanted)
    finally:
        device.close()
    assert isinstance(found, Found)
    assert (found.kind, found.driver, found.where) == ("reader", driver, device.port)
    config = tomllib.loads(found.fragment(2))
    assert config["reader"][0]["id"] == "reader-2"
    assert config["reader"][0]["port"] == device.port


class Unmoved(Played):
    """A reader that is asked in other protocols first: what is none of its own it drops whole."""

    def __init__(self, played: Played, heads: tuple[bytes, ...]) -> None:
        super().__init__()
        self.inner, self.heads = played, heads

    def hear(self, data: bytes) -> bytes:
        whole = data.startswith(self.heads) and self.inner.size(data) is not None
        return self.inner.hear(data) if whole else b""


@pytest.mark.parametrize(
    ("played", "heads", "driver"),
    [
        (PlayedA0(), (b"\xa0",), "a0"),
        (PlayedUhf288(), (b"\x04\xff\x21", b"\x04\x00\x21", b"\x0d"), "uhf288"),
        (PlayedM6e(), (b"\xff",), "m6e"),
        (PlayedChainway(), (b"\xa5\x5a", b"\xc8\x8c"), "chainway"),
    ],
    ids=["a0", "uhf288", "m6e", "chainway"],
)
async def test_each_reader_is_found_behind_the_questions_of_the_others(
    played: Played, heads: tuple[bytes, ...], driver: str
) -> None:
    device = OnPty(Unmoved(played, heads))
    quick = [one if one.driver == driver else replace(one, seconds=0.2) for one in FAMILIES]
    try:
        found = await ask(device.port, SystemClock(), quick)
    finally:
        device.close()
    assert isinstance(found, Found), found
    assert found.driver == driver


@contextmanager
def device(answer: bytes, *, to: bytes = b"") -> Iterator[str]:
    """A pty whose far end says `answer` whenever something containing `to` comes."""
    master, slave = pty.openpty()
    tty.setraw(slave)
    os.set_blocking(master, False)
    loop = asyncio.get_running_loop()

    def serve() -> None:
        try:
            data = os.read(master, 4_096)
        except OSError:
            return
        if to in data:
            os.write(master, answer)

    loop.add_reader(master, serve)
    try:
        yield os.ttyname(slave)
    finally:
        loop.remove_reader(master)
        os.close(master)
        os.close(slave)


async def test_a_counter_is_known_and_says_who_it_is() -> None:
    counter = VirtualCounter(unit=4711)
    with device(counter.hello() + counter.state()) as port:
        found = await answered(port, "shelfcast")
    assert isinstance(found, Found)
    assert (found.kind, found.facts["unit"]) == ("door", "4711")
    assert "firmware" in found.facts
    assert tomllib.loads(found.fragment(1))["door"][0]["port"] == port


async def test_a_board_without_beams_carries_scales() -> None:
    board = VirtualCounter(unit=31, lanes=0)
    with device(board.hello() + board.say(RawWeight(0, 84_210, 10))) as port:
        found = await answered(port, "shelfcast")
    assert isinstance(found, Found)
    assert (found.kind, found.facts["unit"]) == ("scale", "31")
    (scale,) = tomllib.loads(found.fragment(4))["scale"]
    assert (scale["id"], scale["port"], scale["cell"]) == ("scale-4", port, 0)


async def test_an_m100_is_known() -> None:
    stopped, info = _frame(1, STOP_POLL, b"\x00"), _frame(1, GET_INFO, b"\x01V2.3.5")
    with device(stopped + info) as port:
        found = await answered(port, "m100")
    assert isinstance(found, Found)
    assert (found.driver, found.facts["firmware"]) == ("m100", "V2.3.5")


async def test_nobody_we_know_and_nobody_at_all(tmp_path: Path) -> None:
    with device(b"hello\r\n") as port:
        quick = [replace(one, seconds=0.1) for one in FAMILIES]
        said = await ask(port, SystemClock(), quick)
    assert said == f"{port}: nobody answers that we know"
    gone = await ask(str(tmp_path / "none"), SystemClock())
    assert isinstance(gone, str)
    assert "does not open" in gone


def test_ports_go_by_the_name_that_lasts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is plugged into this machine is not the test's to say, so the list of it is played."""
    real, link = tmp_path / "ttyUSB0", tmp_path / "by-id" / "usb-Silicon_Labs_CP2102"
    real.touch()
    link.parent.mkdir()
    link.symlink_to(real)

    class Port:
        device = str(real)

    monkeypatch.setattr("serial.tools.list_ports.comports", lambda: [Port])
    assert ports(link.parent) == [str(link)]
    assert ports(tmp_path / "none") == [str(real)]
