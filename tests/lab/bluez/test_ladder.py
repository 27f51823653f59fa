"""The watchdog's ladder: real bleak on a pretended BlueZ whose adapter fails in many ways."""

from __future__ import annotations

import logging

import pytest

from drivers.ble.bluez_adapters import BluezAdapters
from drivers.ble.roster import Roster
from drivers.ble.scanner import BleSource
from drivers.observations import Advert, Device, Observation
from drivers.source import SourceLost
from gateway.clock import FastClock, SystemClock
from tests.drivers.ble.test_roster import ibeacon, phones
from tests.lab.bluez.bluez import OWN_ADDRESS, Bluez, private_bus
from tests.lab.bluez.test_scanner import BADGE, LISTED, adverts, bluez, running, until

__all__ = ["bluez"]
pytestmark = pytest.mark.needs("dbus-daemon")

FAST = 300.0


def source(adapter: str = "hci0") -> BleSource:
    return BleSource("ble", adapter, Roster(LISTED), adapters=BluezAdapters())


def details(heard: list[Observation]) -> list[str]:
    return [one.detail for one in heard if isinstance(one, Device)]


async def lost(one: BleSource, speed: float = FAST) -> SourceLost:
    with pytest.raises(SourceLost) as caught:
        await one.run(lambda _: None, FastClock(speed))
    return caught.value


async def test_a_chip_that_hangs_is_switched_off_and_on(bluez: Bluez) -> None:
    bluez.hung = True
    one = source()
    async with running(one, speed=FAST) as heard:
        await until(lambda: bluez.switched == [False, True])
        await until(lambda: bluez.scanning)
        await bluez.advert(BADGE, -60, ibeacon(1, 7))
        await until(lambda: adverts(heard, "badge-7"))
        await until(lambda: details(heard)[-1] == "")
    assert len(bluez.scans) == 3, "the first, a new one, and one after the power cycle"
    assert "no advert for 90 s on hci0; it was switched off and on" in details(heard)
    assert one.faults["power_cycled"] == 1


async def test_an_adapter_that_somebody_switched_off_is_switched_on(bluez: Bluez) -> None:
    bluez.powered = False
    async with running(source(), speed=FAST) as heard:
        await until(lambda: bluez.scanning)
        await bluez.advert(BADGE, -60, ibeacon(1, 7))
        await until(lambda: adverts(heard, "badge-7"))
    assert bluez.switched == [False, True]


async def test_an_adapter_that_comes_back_under_another_name_is_found(bluez: Bluez) -> None:
    one = source()
    async with running(one, speed=FAST) as heard:
        await until(lambda: bluez.scanning)
        await bluez.advert(BADGE, -60, ibeacon(1, 7))
        await until(lambda: adverts(heard, "badge-7"))
        await bluez.unplug()
        await bluez.plug("hci1")
        await until(lambda: bluez.scanning)
        await bluez.advert(BADGE, -61, ibeacon(1, 7))
        await until(lambda: len(adverts(heard, "badge-7")) == 2)
    assert one.facts["adapter"] == "hci1"
    assert bluez.switched == [], "nothing was wrong with it"


async def test_an_adapter_that_comes_back_later_is_found_by_the_next_run(bluez: Bluez) -> None:
    one = source()
    async with running(one) as heard:
        await until(lambda: bluez.scanning)
        await bluez.advert(BADGE, -60, ibeacon(1, 7))
        await until(lambda: adverts(heard, "badge-7"))
    await bluez.unplug()
    gone = await lost(one)
    assert str(gone) == (
        "ble: no Bluetooth adapter hci0, and looking for it under another name did not help"
    )
    assert gone.at_least == 0.0
    await bluez.plug("hci1")
    async with running(one) as heard:
        await until(lambda: bluez.scanning)
        assert one.facts["adapter"] == "hci1"


async def test_an_adapter_may_be_named_by_its_address(bluez: Bluez) -> None:
    await bluez.unplug()
    one = source(OWN_ADDRESS.lower())
    assert "no Bluetooth adapter has that address" in str(await lost(one))
    await bluez.plug("hci7")
    async with running(one) as heard:
        await until(lambda: bluez.scanning)
        await until(lambda: heard)
        assert one.facts["adapter"] == "hci7"


async def test_what_nothing_helps_is_said_and_left_alone_for_longer_each_time(
    bluez: Bluez,
) -> None:
    one = source()
    rests = []
    for _ in range(3):
        gone = await lost(one, speed=3_000.0)
        rests.append(gone.at_least)
    assert str(gone) == (
        "ble: no advert for 90 s on hci0, and a new scan, switching it off and on, looking for it"
        " under another name did not help"
    )
    assert rests == [60.0, 120.0, 240.0]
    assert bluez.switched == [False, True] * 3
    async with running(one, speed=FAST) as heard:
        await until(lambda: bluez.scanning)
        await bluez.advert(BADGE, -60, ibeacon(1, 7))
        await until(lambda: details(heard) == [""])
        assert isinstance(heard[0], Advert), "it is offline until it hears"


async def test_an_adapter_that_rfkill_blocks(bluez: Bluez) -> None:
    bluez.powered, bluez.blocked = False, True
    one = source()
    gone = await lost(one)
    assert "hci0 is switched off, and switching it off and on" in str(gone)
    assert one.faults["adapter_refused"] == 1


async def test_another_program_that_scans_is_not_disturbed(bluez: Bluez) -> None:
    bluez.refusal = "org.bluez.Error.InProgress"
    gone = await lost(source())
    assert str(gone) == "ble: another program scans with hci0"
    assert bluez.switched == []


async def test_without_a_bus_there_is_no_ladder(monkeypatch: pytest.MonkeyPatch) -> None:
    async with private_bus() as address:
        monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", address)
        assert str(await lost(source())) == "ble: bluetoothd is not running"
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", "unix:path=/nonexistent/bus")
    with pytest.raises(SourceLost, match="ble: no D-Bus system bus"):
        await source().run(lambda _: None, SystemClock())


async def test_no_address_is_written_on_any_rung(
    bluez: Bluez, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    one, crowd = source(), phones(20)
    said: list[str] = []
    async with running(one, speed=FAST) as heard:
        await until(lambda: bluez.scanning)
        for addr, manufacturer, _ in crowd:
            await bluez.advert(addr, -80, manufacturer or {1: b"x"})
        await until(lambda: one.strangers == len(crowd))
        bluez.hung = True
        await until(lambda: bluez.switched == [False, True])
        await bluez.unplug()
        await bluez.plug("hci1")
        await until(lambda: one.facts["adapter"] == "hci1")
        await until(lambda: bluez.scanning)
        await bluez.unplug()
        said = details(heard)
    said.append(str(await lost(one)))
    text = f"{said} {heard} {one.facts} {one.faults} {one.beacons} {caplog.text}".upper()
    for addr in [OWN_ADDRESS, *(addr for addr, *_ in crowd)]:
        for form in (addr, addr.replace(":", "_"), addr.replace(":", "-"), addr.replace(":", "")):
            assert form not in text
