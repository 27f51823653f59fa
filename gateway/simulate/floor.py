"""The floor plan: where zones, antennas and doors are, in metres.

The street is at y < 0, the shop at y > 0. Shelves stand in rows of a few bays with a corridor in
the middle; till and doors are in front, fitting rooms behind the shelves, the back room behind a
wall. Which kind goes where is all that the plan decides.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from gateway.simulate.plan import StorePlan

Point = tuple[float, float]
Floats = NDArray[np.float64]

BAY, ROW, COLUMNS = 2.8, 3.2, 4
"""Width of a shelf bay, distance of two rows, bays in a row."""

WALL_DB = 9.0
"""What the wall of the back room costs a radio wave once."""

POWER_DBM = {
    "shelf": 29.5,
    "backroom": 34.0,
    "fitting": 29.0,
    "hold": 29.0,
    "till": 27.0,
    "exit": 30.0,
}
"""Radiated power by the kind of the antenna's zone, as an installer would set it."""


@dataclass(frozen=True, slots=True)
class Area:
    """A zone on the floor: its middle, half its extent, heights of goods, where people stand."""

    middle: Point
    half: Point
    heights: tuple[float, float]
    stand: Point


class Floor:
    """Where everything is.

    Attributes:
        areas: by zone index, in the plan's order.
        antenna_at, antenna_to: float64[A, 3], position and the point each antenna looks at.
        power: radiated power, float64[A], dBm.
        behind: bool[A], antennas on the back room's side of the wall.
        doors: x of each door (one even where no counter stands there).
        wall: y of the back room's wall; corridor: x of the middle aisle.
    """

    def __init__(self, plan: StorePlan) -> None:
        self.kinds = [zone.kind for zone in plan.zones]
        self._index = {zone.id: i for i, zone in enumerate(plan.zones)}
        shelves = max(1, self.kinds.count("shelf"))
        self.columns = min(COLUMNS, shelves)
        self.rows = -(-shelves // self.columns)
        self.width = max(8.0, self.columns * BAY + 2.0)
        self.corridor = self.columns * BAY / 2
        self.wall = 5.0 + self.rows * ROW + 3.0
        doors = max(1, len(plan.doors))
        self.doors = [self.corridor + 4.0 * (i - (doors - 1) / 2) for i in range(doors)]
        self.areas = self._areas()
        self._place_antennas(plan)

    def route(self, start: Point, end: Point) -> list[Point]:
        """Waypoints from `start` to `end` along the aisles, without `start`."""
        if abs(start[1] - end[1]) < 1.0:
            return [end]
        return [(self.corridor, start[1]), (self.corridor, end[1]), end]

    def spots(self, zone: int, count: int, rng: np.random.Generator) -> Floats:
        """`count` random places for goods in a zone, float64[count, 3]."""
        area = self.areas[zone]
        low = (area.middle[0] - area.half[0], area.middle[1] - area.half[1], area.heights[0])
        high = (area.middle[0] + area.half[0], area.middle[1] + area.half[1], area.heights[1])
        return rng.uniform(low, high, (count, 3))

    def nearest(self, at: Point, kind: str) -> int | None:
        """The zone of `kind` whose middle is nearest, None when there is no such zone."""
        zones = [i for i, k in enumerate(self.kinds) if k == kind]
        if not zones:
            return None
        return min(
            zones,
            key=lambda z: (
                abs(self.areas[z].middle[0] - at[0]) + abs(self.areas[z].middle[1] - at[1])
            ),
        )

    def _areas(self) -> list[Area]:
        seen: dict[str, int] = {}
        areas = []
        for kind in self.kinds:
            nth = seen[kind] = seen.get(kind, -1) + 1
            areas.append(self._area(kind, nth))
        return areas

    def _area(self, kind: str, nth: int) -> Area:
        if kind == "shelf":
            x = (nth % self.columns + 0.5) * BAY
            y = 5.0 + (nth // self.columns) * ROW
            return Area((x, y), (1.0, 0.25), (0.4, 1.7), (x, y - 1.1))
        if kind == "backroom":
            x, y = 2.0 + 4.0 * nth, self.wall + 2.5
            return Area((x, y), (1.8, 1.8), (0.2, 2.0), (x, y - 0.5))
        if kind == "fitting":
            x, y = self.corridor + 3.0 + 2.5 * nth, self.wall - 1.2
            return Area((x, y), (0.8, 0.5), (0.8, 1.6), (x, y))
        if kind == "exit":
            x = self.doors[nth % len(self.doors)]
            return Area((x, 0.6), (0.7, 0.4), (0.6, 1.4), (x, 0.6))
        x = self.width - 1.0 if kind == "till" else 0.5
        y = 2.4 + 1.5 * nth
        return Area((x, y), (0.5, 0.3), (0.8, 1.1), (x - 0.6, y - 0.6))

    def _place_antennas(self, plan: StorePlan) -> None:
        zones = [self._index[antenna.zone] for antenna in plan.antennas]
        at, to = [], []
        for n, zone in enumerate(zones):
            nth, of = zones[:n].count(zone), zones.count(zone)
            x, y = self.areas[zone].middle
            along = x + self.areas[zone].half[0] * (2 * nth + 1 - of) / of
            front = {"shelf": 0.7, "exit": 0.0, "backroom": 0.0}.get(self.kinds[zone], 0.3)
            at.append((along, y - front, 2.4))
            to.append((along, y, 0.9))
        shape = (len(zones), 3)
        self.antenna_zone = zones
        self.antenna_at: Floats = np.array(at, dtype=np.float64).reshape(shape)
        self.antenna_to: Floats = np.array(to, dtype=np.float64).reshape(shape)
        self.power: Floats = np.array([POWER_DBM[self.kinds[z]] for z in zones], dtype=np.float64)
        self.behind = self.antenna_at[:, 1] > self.wall


def legs(path: list[Point]) -> list[tuple[Point, Point, float]]:
    """The straight pieces of a path with their lengths, in metres."""
    return [(a, b, float(np.hypot(b[0] - a[0], b[1] - a[1]))) for a, b in pairwise(path) if a != b]
