"""One Bluetooth adapter as a source.

Filters by the roster in the scanner's callback, before anything is queued, logged or counted by
who it was. A scan that falls silent is begun anew once, for bleak does not notice that BlueZ was
restarted or the adapter switched off and on; if that does not help, the source is lost. Two more
steps would stand between (switch the adapter off and on; find it again by its own address after it
came back under another name): they are not taken here.
"""

from __future__ import annotations

import asyncio
from collections import Counter, deque
from collections.abc import Mapping

from drivers.ble.bleak_scan import BleakScan
from drivers.ble.roster import RSSI_ABSENT, Roster
from drivers.ble.scan import OpenScan, Scan, ScanFailed
from drivers.observations import Device, DeviceState, Observation
from drivers.source import Clock, Emit, SourceLost

SILENCE_SECONDS = 90.0
"""A real chip may report a constant beacon once in 10 s; nine of these in a row are no chance."""
LOOK_SECONDS = 5.0
QUEUE_LONGEST = 2_000
START_SECONDS = 20.0
"""BlueZ switches an adapter on in seconds; a daemon that hangs never answers."""
STOP_SECONDS = 2.0


class BleSource:
    """A Bluetooth adapter that hears the store's own devices.

    Args:
        name: the `src` of its adverts.
        adapter: BlueZ's name of it, such as `hci0`.
        roster: who is on the list; its faults and strangers are shown with this source.
        scan: makes a scan; bleak's by default.
        silence: seconds without any advert after which the scan is taken as dead. Silence counts
            only where something was expected: an advert was heard before, or a device is listed
            that never leaves the store.
    """

    def __init__(
        self,
        name: str,
        adapter: str,
        roster: Roster,
        *,
        scan: OpenScan = BleakScan,
        silence: float = SILENCE_SECONDS,
    ) -> None:
        self.name = name
        self.faults: Counter[str] = roster.faults
        self.facts: dict[str, str] = {"adapter": adapter}
        self._adapter = adapter
        self._roster = roster
        self._open = scan
        self._silence = silence

    @property
    def roster(self) -> Roster:
        """Who is on the list, for the store's other receivers."""
        return self._roster

    @property
    def strangers(self) -> int:
        """How many adverts came from devices that are not on the list."""
        return self._roster.strangers

    @property
    def beacons(self) -> Mapping[str, dict[str, str]]:
        """What the listed devices say of themselves, by device id, in words (badges left out)."""
        return self._roster.facts

    async def run(self, emit: Emit, clock: Clock) -> None:
        """Scan until cancelled.

        Raises:
            SourceLost: the adapter cannot scan, or hears nothing even with a new scan.
        """
        attempts = 0
        while attempts < 2:
            listening = _Listening(self, self._roster, emit, clock, self._silence)
            scan = self._open(self._adapter, listening.hear)
            try:
                await self._start(scan)
                if not attempts:
                    now = clock.wall()
                    emit(Device(self.name, now, now, DeviceState.ONLINE))
                await listening.until_silent(expected=attempts > 0 or self._roster.stationary)
            except ScanFailed as wrong:
                raise SourceLost(f"{self.name}: {wrong}") from wrong
            finally:
                await self._stop(scan)
            self.faults["silent_scan"] += 1
            # A scan that heard something was a good one: the next silence may try anew again.
            attempts = 1 if listening.heard else attempts + 1
        raise SourceLost(
            f"{self.name}: no advert for {self._silence:.0f} s on {self._adapter}, "
            "and a new scan did not help"
        )

    async def _start(self, scan: Scan) -> None:
        try:
            async with asyncio.timeout(START_SECONDS):
                await scan.start()
        except TimeoutError as late:
            raise ScanFailed(f"{self._adapter} does not begin to scan") from late

    async def _stop(self, scan: Scan) -> None:
        try:
            async with asyncio.timeout(STOP_SECONDS):
                await scan.stop()
        except (ScanFailed, TimeoutError):
            # Usual after BlueZ was restarted: there is nothing left to stop.
            self.faults["scan_stop"] += 1


class _Listening:
    """One scan's life: what it hears goes through a bounded queue to whoever runs the source."""

    def __init__(
        self, source: BleSource, roster: Roster, emit: Emit, clock: Clock, silence: float
    ) -> None:
        self.heard = False
        self._source, self._roster = source, roster
        self._emit, self._clock = emit, clock
        self._silence = silence
        self._last = clock.monotonic()
        self._queue: deque[Observation] = deque()
        self._filled = asyncio.Event()

    def hear(
        self,
        addr: str,
        rssi: float,
        manufacturer: Mapping[int, bytes],
        service: Mapping[str, bytes],
    ) -> None:
        """The scanner's callback: runs in the loop, for strangers too, so it must be quick."""
        # A power-off calls back once more for every device, with no RSSI: that is no sign of life.
        if rssi > RSSI_ABSENT:
            self.heard = True
            self._last = self._clock.monotonic()
        now = self._clock.wall()
        for observation in self._roster.hear(
            addr, rssi, manufacturer, service, src=self._source.name, t=now, at=now
        ):
            self._queue.append(observation)
            self._filled.set()
        while len(self._queue) > QUEUE_LONGEST:
            self._queue.popleft()
            self._source.faults["queue_full"] += 1

    async def until_silent(self, *, expected: bool) -> None:
        """Hand on what is heard; come back when there was silence where something was expected."""
        delivering = asyncio.create_task(self._deliver(), name=f"{self._source.name} adverts")
        try:
            while not self._silent(expected=expected) and not delivering.done():
                await self._clock.sleep(min(LOOK_SECONDS, self._silence / 4))
        finally:
            delivering.cancel()
            await asyncio.wait((delivering,))
        if not delivering.cancelled():
            delivering.result()

    def _silent(self, *, expected: bool) -> bool:
        if not (expected or self.heard):
            return False
        return self._clock.monotonic() - self._last >= self._silence

    async def _deliver(self) -> None:
        while True:
            await self._filled.wait()
            self._filled.clear()
            while self._queue:
                self._emit(self._queue.popleft())
            for beacon, percent in self._roster.batteries.items():
                self._source.facts[f"battery {beacon}"] = f"{percent} %"
