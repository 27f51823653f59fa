"""The second scanner: bumble over TCP HCI hears adverts that other people's code makes."""

from __future__ import annotations

import asyncio
import logging

import pytest

from drivers.ble.bumble_scan import BumbleScan
from drivers.ble.roster import Roster
from drivers.ble.scan import ScanFailed
from drivers.ble.scanner import BleSource
from drivers.observations import Advert, Weight
from drivers.source import SourceLost
from gateway.clock import FastClock
from tests.drivers.ble.test_roster import ibeacon
from tests.lab.bluez.test_scanner import BADGE, LISTED, SCALE, adverts, running, until
from tests.lab.dongle.air import OWN_ADDRESS, open_air

PHONES = [f"{0x40 + n:02X}:11:22:33:44:{n:02X}" for n in range(5)]
MASS = bytes.fromhex("0716d2fc4006b800")


def payload(manufacturer: dict[int, bytes]) -> bytes:
    ((company, data),) = manufacturer.items()
    body = b"\xff" + company.to_bytes(2, "little") + data
    return b"\x02\x01\x06" + bytes([len(body)]) + body


@pytest.mark.parametrize("modern", [True, False])
async def test_beacons_are_heard_through_a_dongle(*, modern: bool) -> None:
    async with open_air(modern=modern) as air:
        source = BleSource("ble-dongle", air.transport, Roster(LISTED), scan=BumbleScan)
        async with running(source) as heard:
            await until(lambda: air.dongle.le_scan_enable)
            await air.advertise(BADGE, payload(ibeacon(1, 7)))
            await air.advertise(SCALE, MASS)
            await until(lambda: len(adverts(heard, "badge-7")) >= 5)
            await until(lambda: [one for one in heard if isinstance(one, Weight)])
        weights = {(one.src, one.grams) for one in heard if isinstance(one, Weight)}
        assert weights == {("scale-3", 1_840.0)}
        said = {(one.src, one.addr, one.rssi) for one in heard if isinstance(one, Advert)}
        assert said == {("ble-dongle", BADGE, -50.0), ("ble-dongle", SCALE, -50.0)}
        assert not air.dongle.le_scan_enable, "it is told to stop"
        assert not source.faults


async def test_a_new_scan_after_silence_opens_the_dongle_again() -> None:
    async with open_air() as air:
        source = BleSource("ble-dongle", air.transport, Roster(LISTED), scan=BumbleScan)
        async with running(source, speed=100.0) as heard:
            await until(lambda: air.dongle.le_scan_enable)
            air.dongle.le_scan_enable = False
            await until(lambda: source.faults["silent_scan"])
            await until(lambda: air.dongle.le_scan_enable)
            await air.advertise(BADGE, payload(ibeacon(1, 7)))
            await until(lambda: adverts(heard, "badge-7"))


async def test_phones_leave_no_trace_in_memory_log_or_words(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    roster = Roster(LISTED)
    async with open_air() as air:
        source = BleSource("ble-dongle", air.transport, roster, scan=BumbleScan)
        async with running(source) as heard:
            await until(lambda: air.dongle.le_scan_enable)
            for addr in PHONES:
                await air.advertise(addr, payload({76: b"\x10\x05" + bytes(5)}))
            await until(lambda: roster.strangers >= 20)
            await air.advertise(SCALE, MASS)
            await until(lambda: adverts(heard, "scale-3"))
    text = f"{heard} {source.facts} {source.faults} {source.beacons} {caplog.text}".upper()
    for addr in [*PHONES, OWN_ADDRESS]:
        for form in (addr, addr.replace(":", ""), "".join(reversed(addr.split(":")))):
            assert form not in text


@pytest.mark.parametrize("transport", ["tcp-client:127.0.0.1:9", "nonsense", "usb:99", "usb"])
async def test_a_dongle_that_is_not_there(transport: str) -> None:
    source = BleSource("ble-dongle", transport, Roster(LISTED), scan=BumbleScan)
    with pytest.raises(SourceLost) as lost:
        await source.run(lambda _: None, FastClock(100.0))
    assert str(lost.value).startswith(f"ble-dongle: {transport}: it cannot be used (")


async def test_a_dongle_that_does_not_answer_is_let_go() -> None:
    hung_up = asyncio.Event()

    async def mute(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()
        await writer.wait_closed()
        hung_up.set()

    server = await asyncio.start_server(mute, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    scan = BumbleScan(f"tcp-client:127.0.0.1:{port}", lambda *_: None)
    async with server:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.2):
                await scan.start()
        await asyncio.wait_for(hung_up.wait(), 5)


async def test_a_dongle_that_was_pulled_out_cannot_be_stopped() -> None:
    async with open_air() as air:
        scan = BumbleScan(air.transport, lambda *_: None)
        await scan.start()
        await scan.stop()
        with pytest.raises(ScanFailed, match="it was not scanning"):
            await scan.stop()
