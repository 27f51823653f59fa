"""The virtual radio at the seam of the real scanner."""

from __future__ import annotations

import asyncio
import contextlib
import random

import pytest

from drivers.ble.roster import ByAddress, ByIBeacon, ListedBeacon, Role, Roster
from drivers.ble.scanner import BleSource
from drivers.observations import Advert, Device, Weight
from gateway.clock import FastClock
from gateway.demo.ear import Ear
from gateway.simulate.plan import ibeacon

UUID = "f7826da6-4fa2-4e98-8024-bc5b71e0893e"
SCALE = "C4:7C:8D:6A:11:02"


@pytest.fixture
async def radio():
    ear, clock, heard = Ear(), FastClock(1), asyncio.Queue()
    roster = Roster(
        [
            ListedBeacon("badge-1", Role.STAFF, ByIBeacon(UUID, 1, 7)),
            ListedBeacon("scale-1", Role.SCALE, ByAddress(SCALE), "shelf-c", "03453120002220"),
        ]
    )
    source = BleSource("ble", "virtual", roster, scan=ear.open)
    task = asyncio.create_task(source.run(heard.put_nowait, clock))
    async with asyncio.timeout(5):
        assert isinstance(await heard.get(), Device)
    yield ear, source, heard
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task
    ear.phone(random.Random(1))
    assert heard.empty()


def badge(rssi: float) -> Advert:
    return Advert("ble", 0.0, 0.0, "badge-1", "C0:00:00:00:00:07", rssi, ibeacon(UUID, 1, 7))


async def test_a_badge_is_heard(radio):
    ear, _, heard = radio
    ear.advert(badge(-61.0))
    async with asyncio.timeout(5):
        advert = await heard.get()
    assert (advert.beacon, advert.rssi) == ("badge-1", -61.0)


@pytest.mark.parametrize("grams", [0.0, 6_900.4, 41_000.0])
async def test_a_scale_says_its_grams(radio, grams):
    ear, _, heard = radio
    weights = []
    ear.weight(Weight("scale-1", 0.0, 0.0, grams), SCALE)
    async with asyncio.timeout(5):
        while not weights:
            observation = await heard.get()
            if isinstance(observation, Weight):
                weights.append(observation)
    assert (weights[0].src, weights[0].grams) == ("scale-1", round(grams))


async def test_phones_go_no_further_than_a_number(radio):
    ear, source, heard = radio
    for _ in range(50):
        ear.phone(random.Random(3))
    ear.advert(badge(-60.0))
    async with asyncio.timeout(5):
        assert (await heard.get()).beacon == "badge-1"
    assert heard.empty()
    assert source.strangers == 50
