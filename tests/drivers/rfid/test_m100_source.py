"""The M100 source on a pty, with a small module at the other end."""

from __future__ import annotations

import asyncio
import contextlib
import os
import tty

import pytest

from drivers.observations import Device, DeviceState, Round, TagReads
from drivers.rfid.m100 import no_tag_answer, tag_notice
from drivers.rfid.m100_source import m100_source
from drivers.rfid.serial.lines import SerialLine
from drivers.source import SourceLost
from tests.drivers.rfid.foreign_reader import Heard
from tests.drivers.rfid.test_llrp_source import RealClock
from tests.drivers.rfid.test_m100 import STOPPED, info_answer

EPC = bytes.fromhex("3034D2C040000040000000" + "4D")


class Module:
    """Answers commands on a pty as a module would; hears one tag in every stretch."""

    def __init__(self) -> None:
        self.master, slave = os.openpty()
        tty.setraw(slave)
        self.port = os.ttyname(slave)
        os.close(slave)
        os.set_blocking(self.master, False)
        self._loop = asyncio.get_running_loop()
        self._loop.add_reader(self.master, self._serve)

    def _serve(self) -> None:
        try:
            asked = os.read(self.master, 1_000)
        except OSError:  # nobody has the port open just now
            return
        if b"\xbb\x00\x28" in asked:
            os.write(self.master, STOPPED)
        if b"\xbb\x00\x03" in asked:
            os.write(self.master, info_answer())
        if b"\xbb\x00\x27" in asked:
            os.write(self.master, tag_notice(-52, EPC) + no_tag_answer())

    def close(self) -> None:
        self._loop.remove_reader(self.master)
        with contextlib.suppress(OSError):
            os.close(self.master)


@pytest.fixture
async def module():
    made = Module()
    yield made
    made.close()


async def test_tags_then_their_round_then_the_unplugging(module):
    source = m100_source("reader-2", SerialLine(module.port), antennas=(3,), round_seconds=0.02)
    heard = Heard()
    task = asyncio.create_task(source.run(heard, RealClock()))
    await heard.until(lambda h: len(h.of(Round)) >= 3)
    assert [(d.antenna, d.state) for d in heard.all[:2]] == [
        (None, DeviceState.ONLINE),
        (3, DeviceState.ONLINE),
    ]
    reads = heard.of(TagReads)[0]
    assert reads.epcs() == [EPC]
    assert reads.rssi.tolist() == [-52.0]
    assert reads.antenna.tolist() == [3]
    kinds = [type(o) for o in heard.all[2:6]]
    assert kinds == [TagReads, Round, TagReads, Round]
    assert source.facts == {"firmware": "M100 V1.00"}
    module.close()
    with pytest.raises(SourceLost, match="went away"):
        await task
    assert isinstance(heard.all[-1], Device)
    assert heard.all[-1].state is DeviceState.OFFLINE


async def test_no_such_port_is_one_plain_line():
    source = m100_source("reader-2", SerialLine("/dev/serial/by-id/nowhere"))
    with pytest.raises(SourceLost, match="nowhere"):
        await source.run(Heard(), RealClock())


async def test_it_stops_when_cancelled(module):
    source = m100_source("reader-2", SerialLine(module.port), round_seconds=0.02)
    heard = Heard()
    task = asyncio.create_task(source.run(heard, RealClock()))
    await heard.until(lambda h: h.of(Round))
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_a_silent_port_is_lost():
    master, slave = os.openpty()
    tty.setraw(slave)

    class Fast(RealClock):
        """A second passes in a moment."""

        def monotonic(self) -> float:
            return super().monotonic() * 100

        async def sleep(self, seconds: float) -> None:
            await asyncio.sleep(seconds / 100)

    source = m100_source("reader-2", SerialLine(os.ttyname(slave)))
    with pytest.raises(SourceLost, match="does not answer"):
        await source.run(Heard(), Fast())
    os.close(master)
    os.close(slave)


async def test_a_second_antenna_is_told_to_be_missing(module):
    source = m100_source("reader-2", SerialLine(module.port), (3, 4), round_seconds=0.02)
    heard = Heard()
    task = asyncio.create_task(source.run(heard, RealClock()))
    await heard.until(lambda h: h.of(Round))
    missing = next(device for device in heard.of(Device) if device.antenna == 4)
    assert missing.state is DeviceState.OFFLINE
    assert missing.detail == "this module has one antenna"
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
