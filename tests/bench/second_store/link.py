"""Whether an antenna hears a tag: a link budget, kept for each tag and antenna.

Power at the chip is what the antenna sends, its gain in that direction, path loss, walls, how the
tag's dipole lies to the ray, shadowing by what hangs around it, bodies in between and a slow drift;
above the chip's threshold by some decibels it answers nearly always, below it hardly ever.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tests.bench.second_store.premises import BACK, CABIN, SHOP_FLOOR, Premises

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

FIRST_METRE_DB = 31.2
"""Free space at 866 MHz."""
GAIN_DBI, BACK_LOBE_DB = 6.0, 24.0
HALF_WIDTH, NARROW = np.radians(38.0), np.radians(30.0)
"""Of a shelf's antenna, and of one that is to hear only the desk or the way out."""
CLOSE_CEILING = 0.96
"""Who passes the desk or the gate is asked without pause."""
CIRCULAR_DB, TAG_DBI, CHIP_DBM, MODULATION_DB = 3.0, 2.0, -18.0, 6.0
BROADSIDE_LEAST = 0.2
"""A dipole that points at the antenna is still not quite deaf."""
HEAD, SHOULDER, BEHIND = 1.75, 0.3, 0.25
DRIFT_EVERY = 20.0
NOISE_DB = 1.2


@dataclass(slots=True)
class Body:
    """Somebody who stands still, and the decibels that a ray through the middle loses."""

    x: float
    y: float
    loss: float


class Link:
    """All tags against all antennas; `chance` is that of an answer in one round."""

    def __init__(self, shop: Premises, tags: int, rng: np.random.Generator) -> None:
        self._air, self._rng, self._shop = shop.air, rng, shop
        self._ant = np.array([a.at for a in shop.antennas])
        aim = np.array([a.aim for a in shop.antennas]) - self._ant
        self._aim = aim / np.linalg.norm(aim, axis=1, keepdims=True)
        self._power = np.array([a.power for a in shop.antennas])
        self._rooms = self._room(self._ant)
        self._own = np.array([shop.places[a.place].kind in ("till", "exit") for a in shop.antennas])
        wide = len(shop.antennas)
        self._width = np.where(self._own, NARROW, HALF_WIDTH)
        self._ceiling = np.where(self._own, CLOSE_CEILING, shop.air.ceiling)
        self.at: Floats = np.zeros((tags, 3))
        self._axis: Floats = np.tile(np.array([1.0, 0.0, 0.0]), (tags, 1))
        self._shadow: Floats = np.zeros((tags, wide))
        self._lack: Floats = np.zeros(tags)
        self._there = np.zeros(tags, np.bool_)
        self._held = np.zeros(tags, np.bool_)
        self._bagged = np.zeros(tags, np.bool_)
        self._still: Floats = np.full((tags, wide), -np.inf)
        self._drift: Floats = rng.normal(0.0, shop.air.drift, (tags, wide))
        self._deaf: Floats = np.zeros(wide)
        self._drifted = 0.0
        self.bodies: list[Body] = []
        self.margin: Floats = np.full((tags, wide), -np.inf)
        self.chance: Floats = np.zeros((tags, wide))

    def weaken(self, lack: Floats) -> None:
        """What each tag hears less than a good one does; infinite for a dead one."""
        self._lack[:] = lack

    def lay(self, rows: Ints, at: Floats, more_loss: float = 0.0) -> None:
        """Put tags down: another way round, other things before them."""
        self.at[rows] = at
        self._axis[rows] = self._ways(len(rows))
        shape = (len(rows), len(self._ant))
        common = self._rng.normal(0.0, 0.6 * self._air.shadow, (len(rows), 1))
        own = self._rng.normal(0.0, 0.8 * self._air.shadow, shape)
        self._shadow[rows] = self._air.clutter + more_loss + common + own
        self._drift[rows] = self._rng.normal(0.0, self._air.drift, shape)
        self._there[rows], self._held[rows] = True, False
        self._settle(rows)

    def carry(self, rows: Ints, at: Floats, hidden: Floats, bagged: NDArray[np.bool_]) -> None:
        """Tags in a hand or a bag at this moment; a body turns, and is now here, now there."""
        self.at[rows] = at
        self._axis[rows] = self._ways(len(rows))
        behind = self._rng.exponential(BEHIND * self._air.body, (len(rows), len(self._ant)))
        self._shadow[rows] = hidden[:, None] + behind
        self._there[rows] = self._held[rows] = True
        self._bagged[rows] = bagged
        self._settle(rows)

    def remove(self, rows: Ints) -> None:
        """Out of the building."""
        self._there[rows] = False
        self._settle(rows)

    def stand(self, body: Body) -> None:
        """Somebody stops."""
        self.bodies.append(body)
        self._weigh(np.arange(len(self.at)))

    def step_aside(self, body: Body) -> None:
        """Somebody goes on."""
        self.bodies.remove(body)
        self._weigh(np.arange(len(self.at)))

    def deafen(self, antenna: int, loss: float) -> None:
        """A broken connector; 0 mends it."""
        self._deaf[antenna] = loss
        self._weigh(np.arange(len(self.at)))

    def drift(self, now: float) -> None:
        """Let fading drift, every now and then."""
        if now - self._drifted >= DRIFT_EVERY:
            keeps = float(np.exp(-DRIFT_EVERY / self._air.drift_seconds))
            fresh = self._rng.normal(0.0, self._air.drift, self._drift.shape)
            self._drift = keeps * self._drift + np.sqrt(1.0 - keeps * keeps) * fresh
            self._drifted = now
            self._weigh(np.arange(len(self.at)))

    def rssi(self, rows: Ints, antenna: int) -> NDArray[np.float32]:
        """What the reader says of the answers, in half decibels."""
        one_way = self.margin[rows, antenna] + CHIP_DBM - self._power[antenna]
        back = self._power[antenna] + 2.0 * one_way - MODULATION_DB
        noisy = back + self._rng.normal(0.0, NOISE_DB, len(rows))
        told = np.round(2.0 * noisy).clip(-176.0, -50.0) / 2.0
        return np.asarray(told, np.float32)

    def _ways(self, count: int) -> Floats:
        ways = self._rng.normal(size=(count, 3))
        return np.asarray(ways / np.linalg.norm(ways, axis=1, keepdims=True))

    def _room(self, at: Floats) -> Ints:
        behind = np.where(at[:, 1] > self._shop.back_wall, BACK, SHOP_FLOOR)
        return np.where(at[:, 0] > self._shop.width, CABIN, behind)

    def _settle(self, rows: Ints) -> None:
        ray = self._ant[None] - self.at[rows][:, None]
        far = np.maximum(np.linalg.norm(ray, axis=2), 0.3)
        ray = ray / far[..., None]
        off = np.arccos(np.clip(-(ray * self._aim[None]).sum(axis=2), -1.0, 1.0))
        gain = GAIN_DBI - np.minimum(3.0 * (off / self._width) ** 2, BACK_LOBE_DB)
        along = (ray * self._axis[rows][:, None]).sum(axis=2)
        broad = np.maximum(np.sqrt(np.maximum(0.0, 1.0 - along**2)), BROADSIDE_LEAST)
        path = FIRST_METRE_DB + 10.0 * self._air.exponent * np.log10(far)
        power = self._power + gain - path - CIRCULAR_DB + TAG_DBI + 20.0 * np.log10(broad)
        losses = self._walls(rows) + self._shadow[rows] + self._lack[rows, None]
        still = power - CHIP_DBM - losses
        still[~self._there[rows]] = -np.inf
        # What was paid for lies deep in a bag that only the desk and the gate reach into.
        still[np.ix_(self._bagged[rows], ~self._own)] = -np.inf
        self._still[rows] = still
        self._weigh(rows)

    def _walls(self, rows: Ints) -> Floats:
        mine, theirs = self._room(self.at[rows])[:, None], self._rooms[None]
        other = mine != theirs
        back = other & ((mine == BACK) | (theirs == BACK))
        cabin = other & ((mine == CABIN) | (theirs == CABIN))
        return np.asarray(back * self._air.wall + cabin * self._air.curtain)

    def _weigh(self, rows: Ints) -> None:
        margin = self._still[rows] + self._drift[rows] - self._deaf - self._behind(rows)
        self.margin[rows] = margin
        odds = np.exp(-margin.clip(-60.0, 60.0) / self._air.slope)
        self.chance[rows] = self._ceiling / (1.0 + odds)
        self.chance[rows] *= margin > -25.0

    def _behind(self, rows: Ints) -> Floats:
        loss: Floats = np.zeros((len(rows), len(self._ant)))
        start = self.at[rows][:, None]
        ray = self._ant[None] - start
        flat = np.maximum((ray[..., :2] ** 2).sum(axis=2), 1e-6)
        for body in self.bodies:
            gap = np.array([body.x, body.y]) - start[..., :2]
            part = ((gap * ray[..., :2]).sum(axis=2) / flat).clip(0.0, 1.0)
            miss = ((gap - part[..., None] * ray[..., :2]) ** 2).sum(axis=2)
            low = start[..., 2] + part * ray[..., 2] < HEAD
            loss += body.loss * low * np.exp(-miss / SHOULDER**2)
        loss[self._held[rows]] = 0.0
        return loss
