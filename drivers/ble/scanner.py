"""One Bluetooth adapter as a source.

Filters by the roster in the scanner's callback, before anything is queued, logged or counted by
who it was. bleak does not notice that BlueZ was restarted or the adapter switched off and on, so
silence is watched: a scan that hears nothing where something was expected is begun anew, then the
adapter is switched off and on, then it is looked for by its own address, for it may have come back
under another name (see `ladder`). If none of it helps, the source is lost, and says what was tried.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Mapping

from drivers.ble.bleak_scan import BleakScan
from drivers.ble.identity import octets_of
from drivers.ble.ladder import Ladder
from drivers.ble.listening import Listening
from drivers.ble.roster import Roster
from drivers.ble.scan import Adapters, OpenScan, Scan, ScanFailed, Step
from drivers.observations import Device, DeviceState
from drivers.source import Clock, Emit, SourceLost

SILENCE_SECONDS = 90.0
"""A real chip may report a constant beacon once in 10 s; nine of these in a row are no chance."""
START_SECONDS = 20.0
"""BlueZ switches an adapter on in seconds; a daemon that hangs never answers."""
STOP_SECONDS = 2.0
UNFOUND = "not found"
"""The name of an adapter that the config calls by its address, until it is found."""
ADDRESS_BYTES = 6
POWER_OFF_SECONDS = 2.0

TRIED = {
    Step.SCAN: "a new scan",
    Step.POWER: "switching it off and on",
    Step.FIND: "looking for it under another name",
}


class BleSource:
    """A Bluetooth adapter that hears the store's own devices.

    Args:
        name: the `src` of its adverts.
        adapter: BlueZ's name of it, such as `hci0`, or its own address.
        roster: who is on the list; its strangers are shown with this source.
        scan: makes a scan; bleak's by default.
        adapters: finds and switches adapters; None where a new scan is all that can be tried.
        faults: counts what is dropped here; None counts it with the roster's own.
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
        adapters: Adapters | None = None,
        faults: Counter[str] | None = None,
        silence: float = SILENCE_SECONDS,
    ) -> None:
        self.name = name
        self.faults: Counter[str] = roster.faults if faults is None else faults
        # The adapter's own address is kept here alone: no address is shown, logged or sent.
        self._own_address = adapter if len(octets_of(adapter)) == ADDRESS_BYTES else None
        self._adapter = UNFOUND if self._own_address else adapter
        self.facts: dict[str, str] = {"adapter": self._adapter}
        self._roster = roster
        self._open = scan
        self._adapters = adapters
        self._silence = silence
        self._ladder = Ladder(Step.SCAN if adapters is None else Step.FIND)
        # Given up for its silence: it is offline until an advert says otherwise.
        self._deaf = False

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
            SourceLost: the adapter cannot scan, or hears nothing whatever was tried.
        """
        await self._find()
        while True:
            doubted = self._deaf or bool(self._ladder.tried)
            listening = self._listening(emit, clock, doubted=doubted)
            try:
                await self._listen(listening, emit, clock, doubted=doubted)
                self.faults["silent_scan"] += 1
                line = f"no advert for {self._silence:.0f} s on {self._adapter}"
                fault = ScanFailed(line, Step.SCAN)
            except ScanFailed as wrong:
                fault = wrong
            if listening.heard:
                self._ladder.well()
                self._deaf = False
            await self._climb(fault, emit, clock)

    def _listening(self, emit: Emit, clock: Clock, *, doubted: bool) -> Listening:
        return Listening(
            self.name,
            self._roster,
            emit,
            clock,
            self._silence,
            faults=self.faults,
            facts=self.facts,
            doubted=doubted,
        )

    async def _listen(
        self, listening: Listening, emit: Emit, clock: Clock, *, doubted: bool
    ) -> None:
        """Scan until there is silence where something was expected. Raises `ScanFailed`."""
        if self._adapter == UNFOUND:
            raise ScanFailed("no Bluetooth adapter has that address", Step.FIND)
        scan = self._open(self._adapter, listening.hear)
        try:
            await self._start(scan)
            await self._learn_address()
            if not doubted:
                now = clock.wall()
                emit(Device(self.name, now, now, DeviceState.ONLINE))
            await listening.until_silent(expected=doubted or self._roster.stationary)
        finally:
            await self._stop(scan)

    async def _climb(self, fault: ScanFailed, emit: Emit, clock: Clock) -> None:
        """Take the next step against `fault`. Raises `SourceLost` when there is none."""
        step = self._ladder.step(fault.cure)
        try:
            if step is Step.POWER:
                await self._power_cycle(clock)
                if not self._deaf:
                    now = clock.wall()
                    detail = f"{fault}; it was switched off and on"
                    emit(Device(self.name, now, now, DeviceState.ONLINE, detail=detail))
            if step is Step.FIND and not await self._find():
                step = None
        except ScanFailed:
            self.faults["adapter_refused"] += 1
        if step is None:
            tried = ", ".join(TRIED[one] for one in self._ladder.tried)
            after = f", and {tried} did not help" if tried else ""
            line = f"{self.name}: {fault}{after}"
            self._deaf = self._deaf or fault.cure is Step.SCAN
            raise SourceLost(line, at_least=self._ladder.rest()) from fault

    async def _power_cycle(self, clock: Clock) -> None:
        assert self._adapters is not None
        self.faults["power_cycled"] += 1
        try:
            await self._adapters.power(self._adapter, on=False)
            await clock.sleep(POWER_OFF_SECONDS)
        finally:
            # Whoever stops the gateway just now does not want to find it switched off.
            await self._adapters.power(self._adapter, on=True)

    async def _find(self) -> bool:
        """Look for the adapter by its own address; whether it has another name now."""
        if self._adapters is None or self._own_address is None:
            return False
        try:
            name = await self._adapters.name_of(self._own_address)
        except ScanFailed:
            # What is wrong with BlueZ is said by the scan, in its own words.
            self.faults["adapter_refused"] += 1
            return False
        if name is None or name == self._adapter:
            return False
        self._adapter = self.facts["adapter"] = name
        return True

    async def _learn_address(self) -> None:
        """Remember by what to find the adapter again."""
        if self._adapters is None or self._own_address is not None:
            return
        try:
            self._own_address = await self._adapters.address_of(self._adapter)
        except ScanFailed:
            self.faults["adapter_refused"] += 1

    async def _start(self, scan: Scan) -> None:
        try:
            async with asyncio.timeout(START_SECONDS):
                await scan.start()
        except TimeoutError as late:
            raise ScanFailed(f"{self._adapter} does not begin to scan", Step.SCAN) from late

    async def _stop(self, scan: Scan) -> None:
        try:
            async with asyncio.timeout(STOP_SECONDS):
                await scan.stop()
        except (ScanFailed, TimeoutError):
            # Usual after BlueZ was restarted: there is nothing left to stop.
            self.faults["scan_stop"] += 1
