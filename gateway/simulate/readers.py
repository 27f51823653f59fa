"""Readers going round their antennas, cut off at times, and what the gateway gets of it."""

from __future__ import annotations

import numpy as np

from drivers.observations import Device, DeviceState, Round, TagReads
from gateway.simulate.shop import AntennaRound, Shop

EXIT_SECONDS, SHORTEST_SECONDS, LONGEST_SECONDS = 0.25, 0.1, 2.5
"""Length of a round at an exit, where people pass; bounds of all others."""

SHORTEST_CYCLE, SECONDS_A_TAG = 4.0, 0.008
"""A round's length is set by the tags it has to get through, at a few milliseconds each."""

NOTICED_AFTER = 10.0
"""Until the gateway misses a reader's keepalive and says so."""


class ReaderRun:
    """One reader. Exit antennas come after every other antenna, for goods pass them in seconds."""

    def __init__(self, shop: Shop, name: str) -> None:
        self.name = name
        self._shop = shop
        self._numbers = [antenna.number for antenna in shop.plan.antennas]
        mine = [i for i, antenna in enumerate(shop.plan.antennas) if antenna.reader == name]
        self._wired = len(mine)
        self._order = self._schedule(mine)
        self._next = 0
        self.powered = True
        self.kept: list[AntennaRound] | None = None

    def lasts(self) -> float:
        """Seconds of the round that comes next."""
        return self._order[self._next][1]

    def finish(self) -> None:
        """The round that was under way ends now."""
        antenna, lasts = self._order[self._next]
        self._next = (self._next + 1) % len(self._order)
        if not self.powered:
            return
        done = self._round(antenna, lasts)
        if self.kept is None:
            self._shop.out.append(done)
        else:
            self.kept.append(done)

    def cut_off(self, *, keeps: bool) -> None:
        """The gateway hears no more of it; it keeps its reports, or has no power."""
        if keeps:
            self.kept = []
        else:
            self.powered = False

    def noticed(self) -> None:
        """The gateway has found out."""
        self._say(DeviceState.OFFLINE)

    def back(self) -> None:
        """Connected again: what it kept comes in one burst."""
        self._say(DeviceState.ONLINE)
        now = self._shop.now
        for done in self.kept or ():
            self._shop.out.append(_late(done, now))
        self.kept, self.powered = None, True

    def _say(self, state: DeviceState) -> None:
        self._shop.out.append(Device(self.name, self._shop.now, self._shop.now, state))

    def _schedule(self, mine: list[int]) -> list[tuple[int, float]]:
        floor = self._shop.floor
        exits = [a for a in mine if floor.kinds[floor.antenna_zone[a]] == "exit"]
        others = [a for a in mine if a not in exits]
        if not others:
            return [(a, EXIT_SECONDS) for a in exits]
        cycle = self._shop.scenario.cycle or max(SHORTEST_CYCLE, SECONDS_A_TAG * self._tags())
        lasts = cycle / len(others) - EXIT_SECONDS * len(exits)
        lasts = min(max(lasts, SHORTEST_SECONDS), LONGEST_SECONDS)
        return [part for a in others for part in ((a, lasts), *((e, EXIT_SECONDS) for e in exits))]

    def _tags(self) -> float:
        """About how many tags this reader has before its antennas, from the planogram."""
        shop = self._shop
        units = sum(shop.shelving.capacity.values())
        mine = self._wired / len(shop.plan.antennas)
        return units * mine

    def _round(self, antenna: int, lasts: float) -> AntennaRound:
        shop, end = self._shop, self._shop.now
        rows, rssi, n = shop.radio.round(antenna, end - lasts / 2, lasts)
        t = np.sort(end - lasts * shop.rng.random(len(rows)))
        reads = TagReads(
            src=self.name,
            at=end,
            t=np.round(t, 3),
            antenna=np.full(len(rows), self._numbers[antenna], np.int32),
            epc=shop.goods.epc[rows],
            epc_bytes=np.full(len(rows), 12, np.int32),
            rssi=rssi,
            n=n,
        )
        return AntennaRound(end - lasts, reads, Round(self.name, end, end, self._numbers[antenna]))


def _late(done: AntennaRound, at: float) -> AntennaRound:
    r, end = done.reads, done.ended
    reads = TagReads(r.src, at, r.t, r.antenna, r.epc, r.epc_bytes, r.rssi, r.n)
    return AntennaRound(done.began, reads, Round(end.src, end.t, at, end.antenna))
