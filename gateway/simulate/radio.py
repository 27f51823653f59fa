"""What an antenna hears: a link budget, bodies, chance, and the slots of an inventory round.

A tag answers when the power that reaches it is above its sensitivity: radiated power, the antenna's
pattern, path loss, polarisation by the way the tag lies, walls, shadowing (log-normal, drawn anew
each time that a thing is put down) and bodies in between. The answers then share a round of limited
length: with many tags a round reads only a part. Misses in a row are therefore not independent.

Figures: free space at 866 MHz and 1 m is 31.2 dB; indoor path-loss exponents of 2 to 3 and 3 to
6 dB of shadowing are usual (Rappaport, Wireless Communications, table 4.2); the sector pattern is
that of 3GPP TR 36.814, table A.2.1.1-2.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from gateway.simulate.crowd import Crowd
from gateway.simulate.floor import WALL_DB, Floor
from gateway.simulate.goods import Goods, Ints, Where

Reals = NDArray[np.float32]

LOSS_AT_1M_DB, EXPONENT, NEAREST_M = 31.2, 3.0, 0.4
GAIN_DBI, BEAM_DEG, BACK_DB = 6.0, 80.0, 18.0
IN_GOODS_DB = 3.0
"""Folded, stacked, on a hanger: what a tag in goods loses against a tag in the air."""

CROSSED = 0.2
"""What is left of the power when a tag points at the antenna: no dipole in goods is straight."""

FADING_DB, DRIFT_DB, DRIFT_SECONDS = 3.5, 2.0, 600.0
"""Chance of a round (frequency hopping); slow change of the room and how long it lasts."""

BODY_DB, BODY_M = 10.0, 0.35
CARRIED_DB, CARRIED_SPREAD_DB, HIDDEN_DB = 4.0, 5.0, 9.0
TAGS_A_SECOND = 220.0
CANDIDATE_DB = -11.0
"""A tag this far below waking is not rolled for."""

BACKSCATTER_DB = 14.0
OUT_OF_REACH_M = 8.0
NEVER = np.float32(-200.0)


class Radio:
    """The channel between every antenna and every tag.

    Attributes:
        deaf: bool[A], antennas that hear nothing though their rounds go on.
    """

    def __init__(
        self,
        floor: Floor,
        goods: Goods,
        crowd: Crowd,
        rng: np.random.Generator,
        *,
        shadowing_db: float,
        power_db: float,
    ) -> None:
        self._floor, self._goods, self._crowd, self._rng = floor, goods, crowd, rng
        self._shadowing = shadowing_db
        self._power = floor.power + power_db
        self.antennas = len(floor.antenna_zone)
        self.deaf = np.zeros(self.antennas, np.bool_)
        self._wide = 0
        self._margin = np.zeros((self.antennas, 0), np.float32)
        self._drift = np.zeros((self.antennas, 0), np.float32)
        self._at = np.zeros((0, 3), np.float64)
        self._lies = np.zeros((0, 3), np.float64)
        self._shade = np.zeros((self.antennas, 0), np.float32)
        self._carried = np.zeros(0, np.int64)
        self._near: list[Ints | None] = [None] * self.antennas

    def put(self, rows: Ints, spots: NDArray[np.float64]) -> None:
        """Things are put down at `spots`: their shadowing and orientation are drawn anew."""
        if not self.antennas:
            return
        self._grow()
        self._at[rows] = spots
        self._draw(rows, 0.0, self._shadowing)
        self._margin[:, rows] = self._budget(rows, spots)
        self._forget()

    def lift(self, rows: Ints, *, hidden: bool = False) -> None:
        """Things are in somebody's hands (or are turned round in them)."""
        if not self.antennas:
            return
        self._grow()
        self._draw(rows, CARRIED_DB + HIDDEN_DB * hidden, CARRIED_SPREAD_DB)
        self._margin[:, rows] = NEVER
        self._forget()

    def gone(self, rows: Ints) -> None:
        """Things are out of reach."""
        if self.antennas:
            self._grow()
            self._margin[:, rows] = NEVER
            self._forget()

    def drift(self, seconds: float) -> None:
        """Let the room change slowly, as it does in `seconds`."""
        keep = float(np.exp(-seconds / DRIFT_SECONDS))
        fresh = self._rng.standard_normal(self._drift.shape, np.float32)
        self._drift = (keep * self._drift + DRIFT_DB * (1 - keep * keep) ** 0.5 * fresh).astype(
            np.float32
        )
        self._near = [None] * self.antennas

    def round(self, antenna: int, t: float, lasts: float) -> tuple[Ints, Reals, NDArray[np.int32]]:
        """One inventory round around `t`: rows heard, RSSI in dBm, times read."""
        rows, margin, spots = self._within_reach(antenna, t)
        if not len(rows) or self.deaf[antenna]:
            return rows[:0], margin[:0], np.zeros(0, np.int32)
        margin = margin + FADING_DB * self._rng.standard_normal(len(rows), np.float32)
        margin -= self._bodies(antenna, spots, t)
        awake = np.flatnonzero(margin > 0)
        slots = TAGS_A_SECOND * lasts / max(1, len(awake))
        awake = awake[self._rng.random(len(awake)) < min(0.98, 0.93 * slots)]
        heard = rows[awake]
        strength = 2 * (margin[awake] + self._goods.sens[heard]) - self._power[antenna]
        noise = self._rng.standard_normal(len(heard), np.float32)
        rssi = np.round(2 * np.clip(strength - BACKSCATTER_DB + noise, -82, -20)) / 2
        again = self._rng.binomial(2, min(0.9, slots / 4), len(heard))
        return heard, rssi.astype(np.float32), (1 + again).astype(np.int32)

    def _within_reach(self, antenna: int, t: float) -> tuple[Ints, Reals, NDArray[np.float64]]:
        near = self._near[antenna]
        if near is None:
            level = self._margin[antenna] + self._drift[antenna]
            near = self._near[antenna] = np.flatnonzero(level > CANDIDATE_DB)
        margin = self._margin[antenna, near] + self._drift[antenna, near]
        spots = self._at[near, :2]
        if len(self._carried):
            rows, extra, at = self._in_hands(antenna, t)
            return (
                np.concatenate([near, rows]),
                np.concatenate([margin, extra]),
                np.concatenate([spots, at]),
            )
        return near, margin, spots

    def _in_hands(self, antenna: int, t: float) -> tuple[Ints, Reals, NDArray[np.float64]]:
        rows = self._carried
        origin = self._floor.antenna_at[antenna, :2]
        at = self._crowd.positions(self._goods.holder[rows].astype(np.int64), t)
        close = np.flatnonzero(np.abs(at - origin).max(axis=1) < OUT_OF_REACH_M)
        rows, at = rows[close], at[close]
        if not len(rows):
            return rows, np.zeros(0, np.float32), at
        spots = np.column_stack([at, np.full(len(rows), 1.1)])
        margin: Reals = self._budget(rows, spots, slice(antenna, antenna + 1))[0]
        close = np.flatnonzero(margin > CANDIDATE_DB)
        return rows[close], margin[close], at[close]

    def _budget(
        self, rows: Ints, spots: NDArray[np.float64], antennas: slice = slice(None)
    ) -> Reals:
        """Power above sensitivity in dB by antenna and row, bodies and chance left out."""
        floor, goods = self._floor, self._goods
        at = floor.antenna_at[antennas][:, None, :]
        ray = spots[None, :, :] - at
        far = np.maximum(np.sqrt((ray * ray).sum(axis=2)), NEAREST_M)
        ray /= far[:, :, None]
        look = floor.antenna_to[antennas][:, None, :] - at
        look = look / np.sqrt((look * look).sum(axis=2, keepdims=True))
        off = np.degrees(np.arccos(np.clip((ray * look).sum(axis=2), -1.0, 1.0)))
        gain = GAIN_DBI - np.minimum(12.0 * (off / BEAM_DEG) ** 2, BACK_DB)
        along = (ray * self._lies[rows][None]).sum(axis=2)
        polarised = -10.0 * np.log10(np.maximum(1.0 - along * along, CROSSED))
        walls = WALL_DB * ((spots[:, 1] > floor.wall)[None, :] != floor.behind[antennas][:, None])
        path = LOSS_AT_1M_DB + 10 * EXPONENT * np.log10(far)
        power = self._power[antennas][:, None] + gain - path - polarised - walls - IN_GOODS_DB
        margin: Reals = (power - self._shade[antennas][:, rows] - goods.sens[rows][None, :]).astype(
            np.float32
        )
        margin[:, ~goods.tagged[rows]] = NEVER
        return margin

    def _bodies(self, antenna: int, spots: NDArray[np.float64], t: float) -> Reals | float:
        """What the people between the antenna and each tag take away, dB."""
        here = self._crowd.everybody(t)
        origin = self._floor.antenna_at[antenna, :2]
        here = here[np.abs(here - origin).max(axis=1) < 3.0]
        if not len(here):
            return 0.0
        way = spots - origin
        length = np.maximum((way * way).sum(axis=1), 1e-6)
        taken = np.zeros(len(spots))
        for person in here - origin:
            part = np.clip(way @ person / length, 0.0, 1.0)
            past = person - part[:, None] * way
            between = (part > 0.02) & (part < 0.95)
            taken += between * BODY_DB * np.exp(-(past * past).sum(axis=1) / BODY_M**2)
        loss: Reals = np.minimum(taken, 25.0).astype(np.float32)
        return loss

    def _draw(self, rows: Ints, mean: float, spread: float) -> None:
        lies = self._rng.standard_normal((len(rows), 3))
        self._lies[rows] = lies / np.sqrt((lies * lies).sum(axis=1, keepdims=True))
        shade = self._rng.normal(mean, spread, (self.antennas, len(rows)))
        self._shade[:, rows] = shade

    def _forget(self) -> None:
        self._near = [None] * self.antennas
        n = self._goods.size
        moving = self._goods.where[:n] == Where.CARRIED
        self._carried = np.flatnonzero(moving & self._goods.tagged[:n])

    def _grow(self) -> None:
        more = len(self._goods.gtin) - self._wide
        if more <= 0:
            return
        self._wide += more
        flat = np.full((self.antennas, more), NEVER, np.float32)
        self._margin = np.concatenate([self._margin, flat], axis=1)
        still = self._rng.standard_normal((self.antennas, more), np.float32) * np.float32(DRIFT_DB)
        self._drift = np.concatenate([self._drift, still], axis=1)
        self._shade = np.concatenate([self._shade, np.zeros_like(flat)], axis=1)
        self._at = np.concatenate([self._at, np.zeros((more, 3))])
        self._lies = np.concatenate([self._lies, np.ones((more, 3))])
