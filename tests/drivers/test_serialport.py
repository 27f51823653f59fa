"""The serial seam on ptys: chunks in, bytes out, a device that goes away."""

from __future__ import annotations

import asyncio
import contextlib
import os
import tty

import pytest

from drivers import serialport
from drivers.serialport import open_serial


@pytest.fixture
def pty_pair():
    master, slave = os.openpty()
    tty.setraw(slave)
    name = os.ttyname(slave)
    os.close(slave)
    yield master, name
    with contextlib.suppress(OSError):
        os.close(master)


def write_without_end(link):
    for _ in range(100):
        link.write(bytes(4_096))


async def collect(link, size):
    got = b""
    async for chunk in link:
        got += chunk
        if len(got) >= size:
            return got
    return got


async def test_reads_and_writes(pty_pair):
    master, name = pty_pair
    async with open_serial(name, 115_200) as link:
        os.write(master, b"\xbb\x00\x7e")
        assert await collect(link, 3) == b"\xbb\x00\x7e"
        link.write(b"hello")
        assert os.read(master, 16) == b"hello"


async def test_a_device_that_goes_away_is_an_oserror_after_its_last_bytes(pty_pair):
    master, name = pty_pair
    async with open_serial(name, 9_600) as link:
        os.write(master, b"last")
        assert await collect(link, 4) == b"last"
        os.close(master)
        with pytest.raises(OSError, match=r"Input/output|hung up"):
            await collect(link, 1)
        with pytest.raises(OSError, match=r"Input/output|hung up"):
            link.write(b"x")


async def test_no_such_port_is_an_oserror():
    with pytest.raises(OSError, match="nowhere"):
        async with open_serial("/dev/serial/by-id/nowhere", 9_600):
            pass


async def test_a_second_opener_is_refused(pty_pair):
    _, name = pty_pair
    async with open_serial(name, 9_600):
        with pytest.raises(OSError, match=r"exclusive|lock|busy"):
            async with open_serial(name, 9_600):
                pass


async def test_close_ends_the_iteration_and_write_is_refused(pty_pair):
    _, name = pty_pair
    async with open_serial(name, 9_600) as link:
        reader = asyncio.ensure_future(collect(link, 1))
        await asyncio.sleep(0)
        link.close()
        assert await reader == b""
        with pytest.raises(OSError, match="closed"):
            link.write(b"x")


async def test_input_that_nobody_takes_pauses_reading(pty_pair, monkeypatch):
    monkeypatch.setattr(serialport, "BUFFER_BYTES", 1_000)
    master, name = pty_pair
    os.set_blocking(master, False)
    data = bytes(i & 0xFF for i in range(20_000))

    async def feed():
        at = 0
        while at < len(data):
            with contextlib.suppress(BlockingIOError):
                at += os.write(master, data[at : at + 512])
            await asyncio.sleep(0)

    async with open_serial(name, 115_200) as link:
        feeder = asyncio.ensure_future(feed())
        for _ in range(200):
            await asyncio.sleep(0)
        assert link._waiting < 1_000 + serialport.READ_BYTES
        assert await collect(link, len(data)) == data
        await feeder


async def test_a_device_that_takes_nothing_is_told(pty_pair):
    _, name = pty_pair
    async with open_serial(name, 9_600) as link:
        with pytest.raises(OSError, match="no more output"):
            write_without_end(link)
