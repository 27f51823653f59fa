"""The real bleak on a pretended BlueZ: every advert comes through, and silence is noticed."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from bleak import BleakScanner
from bleak.backends.bluezdbus.manager import get_global_bluez_manager

from drivers.ble.bleak_scan import scan_settings
from drivers.ble.roster import ByAddress, ByIBeacon, ListedBeacon, Role, Roster
from drivers.ble.scanner import BleSource
from drivers.observations import Advert, Device, DeviceState, Observation, Weight
from drivers.source import SourceLost
from gateway.clock import FastClock, SystemClock
from tests.drivers.ble.test_roster import ibeacon, phones
from tests.lab.bluez.bluez import Bluez, private_bus

pytestmark = pytest.mark.needs("dbus-daemon")

UUID = "f7826da6-4fa2-4e98-8024-bc5b71e0893e"
SCALE = "C4:7C:8D:6A:11:02"
BADGE = "C4:7C:8D:6A:11:07"
FCD2 = "0000fcd2-0000-1000-8000-00805f9b34fb"
MASS = {FCD2: bytes.fromhex("4006b800")}
LISTED = (
    ListedBeacon("badge-7", Role.STAFF, ByIBeacon(UUID, 1, 7)),
    ListedBeacon("scale-3", Role.SCALE, ByAddress(SCALE), "shelf-c", "03453120000028"),
)


@pytest.fixture
async def bluez(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Bluez]:
    async with private_bus() as address:
        monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", address)
        daemon = Bluez(address)
        await daemon.start()
        yield daemon
        manager = await get_global_bluez_manager()
        if manager._bus is not None:
            manager._bus.disconnect()
            await asyncio.wait({manager._bus_watcher_task})
        await daemon.stop()


@contextlib.asynccontextmanager
async def running(source: BleSource, speed: float = 1.0) -> AsyncIterator[list[Observation]]:
    heard: list[Observation] = []
    clock = SystemClock() if speed == 1.0 else FastClock(speed)
    task = asyncio.create_task(source.run(heard.append, clock))
    try:
        yield heard
    finally:
        task.cancel()
        await asyncio.wait({task})
    if not task.cancelled():
        task.result()


async def until(what: Callable[[], object]) -> None:
    async with asyncio.timeout(10):
        while not what():
            await asyncio.sleep(0.01)


def adverts(heard: list[Observation], beacon: str) -> list[Advert]:
    return [one for one in heard if isinstance(one, Advert) and one.beacon == beacon]


async def test_every_advert_of_a_constant_beacon_comes_through(bluez: Bluez) -> None:
    async with running(BleSource("ble", "hci0", Roster(LISTED))) as heard:
        await until(lambda: bluez.scanning)
        for number in range(50):
            await bluez.advert(SCALE, -70 + number % 2, service=MASS)
            await bluez.advert(BADGE, -60, ibeacon(1, 7))
        await until(lambda: len(adverts(heard, "badge-7")) == 50)
        assert isinstance(heard[0], Device)
        assert heard[0].state is DeviceState.ONLINE
        assert {advert.rssi for advert in adverts(heard, "scale-3")} == {-70, -69}
        weights = [one for one in heard if isinstance(one, Weight)]
        assert len(weights) == 50
        assert {(weight.src, weight.grams) for weight in weights} == {("scale-3", 1840.0)}
    wanted = {"Transport": "le", "RSSI": -127, "DuplicateData": True}
    assert bluez.scans == [wanted]
    await until(lambda: not bluez.scanning)


async def test_bleaks_own_settings_would_hear_a_constant_beacon_once(bluez: Bluez) -> None:
    async def heard_with(**settings: object) -> int:
        calls: list[int] = []
        scanner = BleakScanner(lambda _, data: calls.append(data.rssi), **settings)  # type: ignore[arg-type]  # a test of two spellings
        async with scanner:
            for number in range(20):
                await bluez.advert(BADGE, -60 - number % 3, ibeacon(1, 7))
            await bluez.advert("00:00:00:00:00:01", -50)
            await until(lambda: -50 in calls)
        bluez.forget()
        return len(calls) - 1

    assert await heard_with() == 1
    assert await heard_with(bluez=scan_settings("hci0")) == 20


async def test_phones_leave_no_trace_but_a_number(
    bluez: Bluez, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    roster = Roster(LISTED)
    crowd = phones(60)
    source = BleSource("ble", "hci0", roster)
    async with running(source) as heard:
        await until(lambda: bluez.scanning)
        for addr, manufacturer, service in crowd:
            long = {f"0000{uuid}-0000-1000-8000-00805f9b34fb": raw for uuid, raw in service.items()}
            await bluez.advert(addr, -80, manufacturer, long)
        await bluez.advert(SCALE, -70, service=MASS)
        await until(lambda: adverts(heard, "scale-3"))
    assert source.strangers == 60
    text = f"{heard} {source.facts} {source.faults} {caplog.text}".upper()
    for addr, *_ in crowd:
        assert addr not in text
        assert addr.replace(":", "_") not in text
        assert addr.replace(":", "-") not in text
    assert SCALE not in caplog.text


async def test_phantoms_of_a_power_off_are_dropped(bluez: Bluez) -> None:
    roster = Roster(LISTED)
    async with running(BleSource("ble", "hci0", roster)) as heard:
        await until(lambda: bluez.scanning)
        await bluez.advert(BADGE, -60, ibeacon(1, 7))
        await bluez.no_rssi(BADGE)
        await until(lambda: roster.faults["no_rssi"])
        assert len(adverts(heard, "badge-7")) == 1


async def test_a_scan_that_died_quietly_is_begun_anew(bluez: Bluez) -> None:
    source = BleSource("ble", "hci0", Roster(LISTED))
    async with running(source, speed=300.0) as heard:
        await until(lambda: bluez.scanning)
        bluez.forget()
        await until(lambda: bluez.scanning)
        await bluez.advert(BADGE, -60, ibeacon(1, 7))
        await until(lambda: adverts(heard, "badge-7"))
    assert len(bluez.scans) == 2
    assert source.faults == {"silent_scan": 1, "scan_stop": 1}


async def test_after_a_new_scan_without_an_advert_the_adapter_is_lost(bluez: Bluez) -> None:
    with pytest.raises(SourceLost, match="ble: no advert for 90 s on hci0, and a new scan"):
        await BleSource("ble", "hci0", Roster(LISTED)).run(lambda _: None, FastClock(300.0))
    assert len(bluez.scans) == 2


@pytest.mark.parametrize(
    ("adapter", "refusal", "words"),
    [
        ("hci0", "org.bluez.Error.InProgress", "ble: another program scans with hci0"),
        ("hci0", "org.bluez.Error.NotReady", "ble: hci0 is switched off"),
        ("hci9", None, "ble: no Bluetooth adapter hci9"),
    ],
)
async def test_an_adapter_that_cannot_scan(
    bluez: Bluez, adapter: str, refusal: str | None, words: str
) -> None:
    bluez.refusal = refusal
    with pytest.raises(SourceLost, match=words):
        await BleSource("ble", adapter, Roster(LISTED)).run(lambda _: None, SystemClock())


async def lost(run: Awaitable[None]) -> str:
    with pytest.raises(SourceLost) as caught:
        await run
    return str(caught.value)


async def test_without_bluetoothd_or_bus(monkeypatch: pytest.MonkeyPatch) -> None:
    source = BleSource("ble", "hci0", Roster(LISTED))
    async with private_bus() as address:
        monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", address)
        assert await lost(source.run(lambda _: None, SystemClock())) == (
            "ble: bluetoothd is not running"
        )
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", "unix:path=/nonexistent/bus")
    assert await lost(source.run(lambda _: None, SystemClock())) == "ble: no D-Bus system bus"
