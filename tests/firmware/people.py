"""People who walk through a door, as the beams see them; the truth is known by construction."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass, field

from tests.firmware.rules import BACK, IN, LOITER, OUT, Run


@dataclass
class Walk:
    """Runs of broken beams of one lane, and what must come of them: numbers by kind of total."""

    runs: list[Run] = field(default_factory=list)
    truth: Counter[int] = field(default_factory=Counter)

    @property
    def seconds(self) -> float:
        return sum(ms for _, ms in self.runs) / 1000


class People:
    """Random visitors of one lane."""

    def __init__(self, seed: int) -> None:
        self._dice = random.Random(seed)

    def walk(self, visits: int) -> Walk:
        """`visits` passages one after another, each of a kind that doors know."""
        walk = Walk()
        kinds = (self._passes, self._follows, self._turns, self._stands, self._brushes)
        for _ in range(visits):
            self._dice.choices(kinds, weights=(80, 8, 6, 1, 5))[0](walk)
            walk.runs.append((0, self._ms(60, 500)))
        return walk

    def _ms(self, least: int, most: int) -> int:
        return self._dice.randint(least, most)

    def _way(self) -> tuple[int, int]:
        """The near beam and the far one."""
        return self._dice.choice(((1, 2), (2, 1)))

    def _show(self, walk: Walk, *levels: tuple[int, int]) -> None:
        """Each level for some ms, with an edge that flutters for less than the debounce."""
        before = 0
        for level, ms in levels:
            for _ in range(self._dice.choice((0, 0, 1, 3))):
                walk.runs += [(level, self._ms(1, 3)), (before, self._ms(1, 3))]
            walk.runs.append((level, ms))
            before = level
        if self._dice.random() < 0.3:
            walk.runs += [(0, self._ms(1, 3)), (before, self._ms(1, 3))]

    def _passes(self, walk: Walk) -> None:
        near, far = self._way()
        steps = (self._ms(12, 250), self._ms(12, 300), self._ms(12, 250))
        self._show(walk, (near, steps[0]), (3, steps[1]), (far, steps[2]))
        walk.truth[IN if near == 1 else OUT] += 1

    def _follows(self, walk: Walk) -> None:
        near, far = self._way()
        people = self._ms(2, 4)
        steps = [(near, self._ms(20, 200))]
        for _ in range(people):
            steps += [(3, self._ms(20, 200)), (far, self._ms(20, 200))]
        self._show(walk, *steps)
        walk.truth[IN if near == 1 else OUT] += people

    def _turns(self, walk: Walk) -> None:
        near, _ = self._way()
        self._show(walk, (near, self._ms(20, 400)), (3, self._ms(20, 400)), (near, 150))
        walk.truth[BACK] += 1

    def _stands(self, walk: Walk) -> None:
        near, far = self._way()
        self._show(walk, (near, 200), (3, self._ms(4_100, 6_000)), (far, 200))
        walk.truth[LOITER] += 1

    def _brushes(self, walk: Walk) -> None:
        near, _ = self._way()
        self._show(walk, (near, self._ms(6, 300)))
