"""Readers on their rounds: an antenna after the other, each for its share of the cycle."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from drivers.observations import Device, DeviceState, Observation, Round, TagReads
from tests.bench.second_store.link import Link
from tests.bench.second_store.premises import Antenna, Premises


class Reader:
    """One reader; `next` is when its present round ends."""

    def __init__(
        self,
        id_: str,
        shop: Premises,
        link: Link,
        epcs: NDArray[np.uint8],
        seed: Sequence[int],
        start: float,
    ) -> None:
        self.id = id_
        self._antennas: list[tuple[int, Antenna]] = [
            (i, a) for i, a in enumerate(shop.antennas) if a.reader == id_
        ]
        self._rng = np.random.default_rng(seed)
        self._air, self._link, self._epcs = shop.air, link, epcs
        watches = {shop.places[a.place].kind for _, a in self._antennas}
        cycle = shop.air.brisk_seconds if "till" in watches else shop.air.cycle_seconds
        self._dwell = cycle / len(self._antennas)
        self._turn = 0
        self.next = start + self._dwell * float(self._rng.uniform(0.2, 1.0))
        self.online = True

    def round(self) -> Iterator[Observation]:
        """What the antenna whose turn it was reports; time goes on to the next."""
        end = self.next
        self.next = end + self._dwell * float(self._rng.uniform(0.9, 1.1))
        column, antenna = self._antennas[self._turn]
        self._turn = (self._turn + 1) % len(self._antennas)
        if not self.online:
            return
        chance = self._link.chance[:, column]
        answers = np.flatnonzero(self._rng.random(len(chance)) < chance)
        if len(answers) > self._air.at_most:
            answers = np.sort(self._rng.permutation(answers)[: self._air.at_most])
        if len(answers):
            yield self._report(answers, column, antenna, end)
        yield Round(self.id, end, end, antenna.number)

    def device(self, t: float, *, online: bool) -> Device:
        """Cut off, or back again."""
        self.online = online
        return Device(self.id, t, t, DeviceState.ONLINE if online else DeviceState.OFFLINE)

    def _report(
        self, answers: NDArray[np.int64], column: int, antenna: Antenna, end: float
    ) -> TagReads:
        many = len(answers)
        # Few tags are asked more often in the time that an antenna has.
        again = max(1, min(self._air.passes, self._air.at_most // many))
        more = self._rng.binomial(again - 1, self._link.chance[answers, column])
        return TagReads(
            self.id,
            end,
            end - np.sort(self._rng.uniform(0.0, 0.9 * self._dwell, many))[::-1],
            np.full(many, antenna.number, np.int32),
            self._epcs[answers],
            np.full(many, 12, np.int32),
            self._link.rssi(answers, column),
            (1 + more).astype(np.int32),
        )
