"""The rule to beat: an item stays where it was last well read until it is sold or seen leaving.

Reads are decayed by 7 % a second, a move needs 1.8 times the reads of the present zone, a sale
takes the item of that GTIN that was last heard at till or exit. With `timeout`, a tag silent for so
long is gone: the plain time-out that everybody ships.
"""

from __future__ import annotations

from collections import defaultdict

from drivers.observations import Observation, Sale, TagReads
from tests.bench.presence.days import Day

DECAY, MOVE, LEFT_SECONDS = 0.93, 1.8, 15.0


class Rule:
    """Counts by GTIN from tags alone. `advance` answers (gtin, on hand, floor) that changed."""

    def __init__(self, day: Day, timeout: float | None = None) -> None:
        self._kinds = {zone.id: zone.kind for zone in day.plan.zones}
        self._zone = {(a.reader, a.number): a.zone for a in day.plan.antennas}
        self._names = day.names
        self._timeout = timeout
        self._score: dict[bytes, dict[str, float]] = defaultdict(dict)
        self._home: dict[bytes, str] = {}
        self._last: dict[bytes, float] = {}
        self._passed: dict[bytes, float] = {}
        self._gone: set[bytes] = set()
        self._sold: set[bytes] = set()
        self._of: dict[str, list[bytes]] = defaultdict(list)
        self._said: dict[str, tuple[int, int]] = {}
        self._dirty: set[str] = set()

    def observe(self, obs: Observation) -> None:
        if isinstance(obs, TagReads):
            for t, antenna, epc in zip(
                obs.t.tolist(), obs.antenna.tolist(), obs.epcs(), strict=True
            ):
                self._read(t, self._zone[obs.src, antenna], epc)
        elif isinstance(obs, Sale):
            for line in obs.lines:
                for _ in range(line.qty):
                    self._sell(line.gtin)

    def _read(self, t: float, zone: str, epc: bytes) -> None:
        item = self._names.get(epc)
        if item is None or epc in self._sold:
            return
        if epc not in self._last:
            self._of[item.gtin].append(epc)
        score = self._score[epc]
        fade = DECAY ** max(0.0, t - self._last.get(epc, t))
        for name in score:
            score[name] *= fade
        score[zone] = score.get(zone, 0.0) + 1
        self._last[epc] = max(t, self._last.get(epc, t))
        if self._kinds[zone] in {"till", "exit"}:
            self._passed[epc] = t
        home = self._home.get(epc)
        best = max(score, key=lambda z: (score[z], z))
        if home is None or (best != home and score[best] > MOVE * score.get(home, 0.0)):
            self._home[epc] = best
            self._dirty.add(item.gtin)
        if epc in self._gone:
            self._gone.discard(epc)
            self._dirty.add(item.gtin)

    def _sell(self, gtin: str) -> None:
        here = [e for e in self._of[gtin] if e not in self._sold]
        if here:
            epc = max(here, key=lambda e: (self._passed.get(e, 0.0), -self._last[e], e))
            self._sold.add(epc)
            self._dirty.add(gtin)

    def advance(self, now: float) -> list[tuple[str, int, int]]:
        for epc, last in self._last.items():
            if epc in self._gone or epc in self._sold:
                continue
            silent = now - last
            left = self._kinds[self._home[epc]] == "exit" and silent > LEFT_SECONDS
            if left or (self._timeout is not None and silent > self._timeout):
                self._gone.add(epc)
                self._dirty.add(self._names[epc].gtin)
        said = []
        for gtin in sorted(self._dirty):
            here = [e for e in self._of[gtin] if e not in self._sold and e not in self._gone]
            floor = sum(1 for e in here if self._kinds[self._home[e]] == "shelf")
            if self._said.get(gtin) != (len(here), floor):
                self._said[gtin] = (len(here), floor)
                said.append((gtin, len(here), floor))
        self._dirty = set()
        return said
