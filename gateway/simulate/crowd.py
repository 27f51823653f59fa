"""Where everybody is: people as points that walk straight pieces of their way."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from gateway.simulate.floor import Point, legs

OUTSIDE: Point = (0.0, -50.0)


@dataclass(slots=True)
class Person:
    """Somebody. `slot` is their row in the crowd; `bag` holds the rows of what they have."""

    slot: int
    staff: bool
    speed: float
    at: Point = OUTSIDE
    bag: list[int] = field(default_factory=list)
    badge: str | None = None
    hides: bool = False
    inside: bool = False


class Crowd:
    """Positions of everybody who is near the store, as columns."""

    def __init__(self) -> None:
        self.people: list[Person | None] = []
        self._free: list[int] = []
        self._leg = np.zeros((0, 6), np.float64)
        self._present = np.zeros(0, np.int64)

    def come(self, speed: float, *, staff: bool = False) -> Person:
        """A new person, outside."""
        if not self._free:
            old = len(self.people)
            self._free = list(range(old + 15, old - 1, -1))
            self.people += [None] * 16
            self._leg = np.concatenate([self._leg, np.zeros((16, 6))])
        person = Person(self._free.pop(), staff, speed)
        self.people[person.slot] = person
        self.put(person, OUTSIDE)
        self._take_roll()
        return person

    def go(self, person: Person) -> None:
        """Forget somebody who has left."""
        self.people[person.slot] = None
        self._free.append(person.slot)
        self._take_roll()

    def put(self, person: Person, at: Point) -> None:
        """Somebody stands at `at`."""
        person.at = at
        self._leg[person.slot] = (0.0, 1.0, *at, *at)

    def walk(self, person: Person, path: list[Point], now: float) -> Iterator[float]:
        """Walk along `path`; yields how long each piece takes, to be called again after it."""
        for start, end, length in legs([person.at, *path]):
            lasts = max(length / person.speed, 1e-3)
            self._leg[person.slot] = (now, now + lasts, *start, *end)
            yield lasts
            now += lasts
            person.at = end
        self.put(person, person.at)

    def positions(self, slots: NDArray[np.int64], t: float) -> NDArray[np.float64]:
        """Where those people are at `t`, float64[n, 2]."""
        leg = self._leg[slots]
        part = np.minimum(np.maximum((t - leg[:, 0]) / (leg[:, 1] - leg[:, 0]), 0.0), 1.0)
        there: NDArray[np.float64] = leg[:, 2:4] + part[:, None] * (leg[:, 4:6] - leg[:, 2:4])
        return there

    def _take_roll(self) -> None:
        there = [person.slot for person in self.people if person is not None]
        self._present = np.array(there, np.int64)

    def everybody(self, t: float) -> NDArray[np.float64]:
        """Where all people are at `t`, float64[n, 2]."""
        return self.positions(self._present, t)
