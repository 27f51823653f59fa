"""What was heard of every tag whose home is a shelf, and whether it truly lay on one."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from drivers.observations import Count, Observation
from gateway.simulate.baselines import feed
from gateway.simulate.plan import StorePlan
from gateway.simulate.scenario import Scenario
from gateway.simulate.world import World
from gateway.stock.evidence import Epoch
from gateway.stock.layout import ZoneKind
from gateway.stock.places import NOWHERE
from gateway.stock.tags import HERE, HIDDEN, Status
from tests.bench.shop import Ours

EVERY, FIRST = 10.0, 600.0
"""Seconds between two looks, and until the first."""
ROUNDS = 8
"""Rounds of its home's antenna that are told one by one."""
LATELY, USUALLY = 0.5, 0.04
"""What a read adds to the means of RSSI."""
_ROWS = 4000
_LONG = 1000.0


@dataclass(frozen=True, slots=True)
class Looks:
    """One line a look at a tag.

    Attributes:
        seen: figures for a judge. belief: ours that it lies there. there: whether it does.
    """

    seen: NDArray[np.float32]
    belief: NDArray[np.float64]
    there: NDArray[np.bool_]

    @classmethod
    def of(cls, several: Iterable[Looks]) -> Looks:
        """All of them."""
        parts = list(several)
        return cls(*(np.concatenate([getattr(p, f.name) for p in parts]) for f in fields(cls)))


def look(plan: StorePlan, seed: int, scenario: Scenario, hours: float) -> Looks:
    """Run a virtual store with our engine, and look at its tags every few seconds."""
    world = World(plan, seed, scenario)
    ours, doors = Ours(world.plan), _Doors()
    ear = _Ear(ours)
    shelves = {zone.id for zone in plan.zones if zone.kind == "shelf"}
    until, now, looks = world.start + 3600 * hours, math.floor(world.start), list[Looks]()
    where: dict[str, str | None] = {}
    while world.shop.now < until:
        step = world.step(min(world.shop.now + EVERY, until))
        told = list(step.observations())
        doors.hear(told)
        for _ in feed([ours], told, now, math.floor(step.until)):
            pass
        now = math.floor(step.until)
        where |= {line["epc"]: line["zone"] for line in step.truth if line["kind"] == "item"}
        if now - world.start >= FIRST:
            rows, belief, seen = ear.look(now)
            people = np.tile(np.array(doors.said(now), np.float32), (len(rows), 1))
            there = [where.get(ear.urns[row]) in shelves for row in rows.tolist()]
            looks.append(Looks(np.hstack([seen, people]), belief, np.array(there, np.bool_)))
    return Looks.of(looks)


class _Doors:
    """People by what door counters say."""

    def __init__(self) -> None:
        self._before: dict[str, Count] = {}
        self._passed: list[tuple[float, int, int]] = []

    def hear(self, told: Iterable[Observation]) -> None:
        for count in told:
            if isinstance(count, Count):
                before = self._before.get(count.src)
                if before is not None and before.boot == count.boot:
                    came, went = count.entries - before.entries, count.exits - before.exits
                    self._passed.append((count.at, came, went))
                self._before[count.src] = count

    def said(self, now: float) -> tuple[float, float, float]:
        """Entries of two and of ten minutes, and people inside by those of half an hour."""
        two, ten = (sum(e for t, e, _ in self._passed if now - t < s) for s in (120, 600))
        inside = sum(e - x for t, e, x in self._passed if now - t < 1800)
        return math.log1p(two), math.log1p(ten), inside / 5


class _Ear:
    """Hears what the filter hears, beside it."""

    def __init__(self, ours: Ours) -> None:
        engine = ours._engine
        self._tags, self._places, self._presence = engine._tags, engine._places, engine._presence
        self.urns = self._tags.urns
        antennas = len(self._places.antennas)
        self._shelf = self._places.are(ZoneKind.SHELF)
        self._antenna = np.array([
            int(np.flatnonzero(self._places.zone_of == zone)[0])
            if (self._places.zone_of == zone).any() else 0
            for zone in range(len(self._places.zones))
        ])  # fmt: skip
        self._last = np.full((_ROWS, antennas), -np.inf)
        self._usual, self._lately = np.full((2, _ROWS, antennas), np.nan)
        self._rounds = np.zeros((_ROWS, ROUNDS), np.float32)
        self._step = self._presence.step
        self._presence.step = self._hear  # type: ignore[method-assign]  # it has no other ear

    def _hear(self, epoch: Epoch) -> None:
        n, home = self._tags.count, self._tags.home
        read = np.zeros((n, len(self._places.antennas)), np.float32)
        read[epoch.row, epoch.antenna] = 1.0
        for antenna in np.flatnonzero(epoch.rounds > 0).tolist():
            rows = np.flatnonzero(home[:n] == self._places.zone_of[antenna])
            self._rounds[rows, 1:] = self._rounds[rows, :-1].copy()
            self._rounds[rows, 0] = read[rows, antenna]
        cell = epoch.row, epoch.antenna
        for means, share in ((self._lately, LATELY), (self._usual, USUALLY)):
            old = means[cell]
            means[cell] = np.where(np.isnan(old), epoch.rssi, old + share * (epoch.rssi - old))
        self._last[cell] = epoch.t
        self._step(epoch)

    def look(
        self, now: float
    ) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.float32]]:
        """Rows of tags whose home is a shelf, our belief that they lie there, and all we know."""
        tags, n = self._tags, self._tags.count
        alive = (tags.status[:n] == Status.HERE) & (tags.home[:n] != NOWHERE)
        rows = np.flatnonzero(alive & self._shelf[tags.home[:n]])
        home = tags.home[rows].astype(np.int64)
        mine = rows, self._antenna[home]
        others = self._last[rows].copy()
        others[np.arange(len(rows)), mine[1]] = -np.inf
        silence = now - np.column_stack([self._last[mine], others.max(axis=1), tags.placed[rows]])
        level = np.column_stack([self._lately[mine] - self._usual[mine], self._usual[mine] / 10])
        belief = tags.belief[rows]
        seen = np.hstack([
            np.log(np.clip(belief, 1e-6, 1.0)),
            np.log1p(np.clip(silence, 0.0, _LONG)),
            np.log1p(tags.quiet[rows, None]),
            np.column_stack([tags.rate[mine], tags.best[rows], tags.voiced[rows]]),
            np.nan_to_num(level / 5),
            self._rounds[rows],
            tags.rival[rows, None] != NOWHERE,
        ])  # fmt: skip
        return rows, belief[:, HERE] + belief[:, HIDDEN], seen.astype(np.float32)
