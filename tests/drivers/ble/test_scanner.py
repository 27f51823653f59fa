"""The scanner's shell with a pretended radio and a clock in the test's hand."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator

import pytest

from drivers.ble import scanner
from drivers.ble.listening import QUEUE_LONGEST
from drivers.ble.roster import Roster
from drivers.ble.scan import Adapters, Hear, ScanFailed
from drivers.ble.scanner import SILENCE_SECONDS, BleSource
from drivers.observations import Advert, Device, Observation
from drivers.source import SourceLost
from tests.drivers.ble.test_roster import BADGE, SCALE, ibeacon
from tests.drivers.hand_clock import HandClock

PHONE = "4A:00:00:00:00:01"


class Radio:
    """Every scan that was opened; the newest hears what the test says."""

    def __init__(self) -> None:
        self.scans: list[Radio.Scan] = []

    class Scan:
        def __init__(self, hear: Hear) -> None:
            self.hear = hear
            self.running = False

        async def start(self) -> None:
            self.running = True

        async def stop(self) -> None:
            if not self.running:
                raise ScanFailed("not running")
            self.running = False

    def __call__(self, adapter: str, hear: Hear) -> Scan:
        self.scans.append(Radio.Scan(hear))
        return self.scans[-1]

    def badge(self) -> None:
        self.scans[-1].hear("C4:7C:8D:6A:11:07", -60, ibeacon(1, 7), {})

    def phone(self, rssi: float = -60) -> None:
        self.scans[-1].hear(PHONE, rssi, {}, {})


class Bench:
    """A source that runs, its radio and its clock."""

    def __init__(self, roster: Roster, adapters: Adapters | None) -> None:
        self.radio, self.clock = Radio(), HandClock()
        self.source = BleSource("ble", "hci0", roster, scan=self.radio, adapters=adapters)
        self.heard: list[Observation] = []
        self.task = asyncio.create_task(self.source.run(self.heard.append, self.clock))

    async def settle(self) -> None:
        for _ in range(30):
            await asyncio.sleep(0)

    async def turn(self, seconds: float) -> None:
        self.clock.now += seconds
        await self.settle()


@contextlib.asynccontextmanager
async def bench(roster: Roster, adapters: Adapters | None = None) -> AsyncIterator[Bench]:
    one = Bench(roster, adapters)
    await one.settle()
    try:
        yield one
    finally:
        one.task.cancel()
        await asyncio.wait({one.task})


async def test_what_is_heard_is_emitted_with_the_clocks_time() -> None:
    async with bench(Roster([BADGE])) as it:
        await it.turn(7)
        it.radio.badge()
        await it.settle()
        advert = it.heard[-1]
        assert isinstance(advert, Advert)
        assert (advert.src, advert.t, advert.at) == ("ble", 1_007.0, 1_007.0)


async def test_the_queue_is_bounded_and_drops_the_oldest() -> None:
    async with bench(Roster([BADGE])) as it:
        for _ in range(QUEUE_LONGEST + 5):
            it.radio.badge()
        await it.settle()
        assert len([o for o in it.heard if isinstance(o, Advert)]) == QUEUE_LONGEST
        assert it.source.faults == {"queue_full": 5}


async def test_silence_is_no_fault_where_nobody_is_expected() -> None:
    async with bench(Roster([BADGE])) as it:
        await it.turn(10 * SILENCE_SECONDS)
        assert len(it.radio.scans) == 1


async def test_a_stranger_is_a_sign_of_life_and_a_phantom_is_not() -> None:
    async with bench(Roster([BADGE])) as it:
        for _ in range(5):
            await it.turn(SILENCE_SECONDS - 10)
            it.radio.phone()
        assert len(it.radio.scans) == 1
        await it.turn(SILENCE_SECONDS - 10)
        it.radio.phone(rssi=-127)
        await it.turn(20)
        assert len(it.radio.scans) == 2
        assert [scan.running for scan in it.radio.scans] == [False, True]


async def test_a_good_new_scan_earns_another_one() -> None:
    async with bench(Roster([BADGE])) as it:
        for scans in range(1, 4):
            assert len(it.radio.scans) == scans
            it.radio.phone()
            await it.turn(SILENCE_SECONDS + 10)
        await it.turn(SILENCE_SECONDS + 10)
        with pytest.raises(SourceLost, match="and a new scan did not help"):
            it.task.result()


async def test_a_device_that_never_leaves_is_always_expected() -> None:
    async with bench(Roster([SCALE])) as it:
        await it.turn(SILENCE_SECONDS + 10)
        assert len(it.radio.scans) == 2


class Switch:
    """Adapters of which one has a switch."""

    def __init__(self) -> None:
        self.switched: list[bool] = []

    async def address_of(self, name: str) -> str | None:
        return "00:00:5E:00:53:01"

    async def name_of(self, address: str) -> str | None:
        return "hci0"

    async def power(self, name: str, *, on: bool) -> None:
        self.switched.append(on)


async def test_a_gateway_that_is_stopped_in_mid_cycle_leaves_the_adapter_on() -> None:
    switch = Switch()
    async with bench(Roster([SCALE]), switch) as it:
        for _ in range(2):
            await it.turn(SILENCE_SECONDS + 5)
        assert switch.switched == [False], "it waits while it is off"
    assert switch.switched == [False, True]


async def test_that_it_lives_is_said_each_minute_while_anybody_is_heard() -> None:
    async with bench(Roster([SCALE])) as it:
        for _ in range(40):
            it.radio.phone()
            await it.turn(15)
        said = [one for one in it.heard if isinstance(one, Device)]
        assert 9 <= len(said) <= 12
        before = len(said)
        await it.turn(SILENCE_SECONDS - 20)
        now = [one for one in it.heard if isinstance(one, Device)]
        assert len(now) - before <= 1, "a scanner that hears nothing has no word to say"


async def test_a_store_of_badges_is_well_at_night() -> None:
    async with bench(Roster([BADGE])) as it:
        for _ in range(60):
            await it.turn(60)
        assert len([one for one in it.heard if isinstance(one, Device)]) >= 50


async def test_batteries_are_shown() -> None:
    async with bench(Roster([SCALE])) as it:
        it.radio.scans[-1].hear("C4:7C:8D:6A:11:02", -60, {}, {"fcd2": bytes.fromhex("40015d")})
        await it.settle()
        assert it.source.facts == {"adapter": "hci0", "battery scale-3": "93 %"}
        assert it.source.beacons == {"scale-3": {"battery": "93 %"}}


async def test_a_daemon_that_hangs_is_said_plainly(monkeypatch: pytest.MonkeyPatch) -> None:
    class Hanging(Radio.Scan):
        async def start(self) -> None:
            await asyncio.Event().wait()

    monkeypatch.setattr(scanner, "START_SECONDS", 0.01)
    source = BleSource("ble", "hci0", Roster([SCALE]), scan=lambda _, hear: Hanging(hear))
    with pytest.raises(SourceLost, match="ble: hci0 does not begin to scan"):
        await source.run(lambda _: None, HandClock())
