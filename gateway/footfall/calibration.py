"""From a person with a clicker to the factor of a door, by how busy it is. Pure.

A beam loses more people the more come at once, so there is one factor for each band of flow.
Nothing is believed of fewer than 300 crossings or of a factor outside 0.8 to 1.5: a sensor so wrong
is to be mounted anew, not calculated away.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

Z_95 = 1.959964
FEWEST_CROSSINGS = 300
LOWEST_FACTOR, HIGHEST_FACTOR = 0.8, 1.5
BAND_EDGES = (0.0, 5.0, 15.0, 30.0)
"""Passages a minute from which a band begins."""
FEWEST_IN_A_BAND = 50
"""A band with fewer crossings takes the factor of all."""


@dataclass(frozen=True, slots=True)
class Manual:
    """One watched stretch: passages a minute, what the door counted, what passed in truth."""

    flow: float
    counted: int
    true: int


@dataclass(frozen=True, slots=True)
class Band:
    """True passages for one counted, from `flow` a minute on, with its 95 % interval."""

    flow: float
    factor: float
    low: float
    high: float
    crossings: int


class NotCalibrated(ValueError):
    """The manual counts allow no factor; the text says why, for a person.

    Attributes:
        why: one word: `impossible`, `few`, `nobody`, `swapped` or `factor`.
        given: the numbers behind it, by name.
    """

    def __init__(self, why: str, text: str, **given: float) -> None:
        super().__init__(text)
        self.why = why
        self.given = given


def calibrate(counts: Sequence[Manual]) -> tuple[Band, ...]:
    """The bands of one door, the quietest first.

    Raises:
        NotCalibrated: too few crossings, impossible counts, or a factor outside 0.8 to 1.5.
    """
    for one in counts:
        if one.counted < 0 or one.true < 0 or not 0 <= one.flow < math.inf:
            raise NotCalibrated("impossible", "counts and flows are numbers from 0 on")
    crossings = sum(one.true for one in counts)
    if crossings < FEWEST_CROSSINGS:
        text = f"{crossings} crossings watched, at least {FEWEST_CROSSINGS} needed"
        raise NotCalibrated("few", text, crossings=crossings)
    bands = [_band(0.0, counts)]
    edges = (*BAND_EDGES, math.inf)
    for since, until in pairwise(edges):
        inside = [one for one in counts if since <= one.flow < until]
        enough = sum(one.true for one in inside) >= FEWEST_IN_A_BAND
        bands.append(_band(since, inside if enough else counts))
    for band in bands:
        if not LOWEST_FACTOR <= band.factor <= HIGHEST_FACTOR:
            text = (
                f"factor {band.factor:.2f} from {band.flow:g} a minute on is outside"
                f" {LOWEST_FACTOR} to {HIGHEST_FACTOR}: mount the sensor anew"
            )
            raise NotCalibrated("factor", text, factor=band.factor, flow=band.flow)
    return tuple(bands[1:])


def band_of(bands: Sequence[Band], flow: float) -> Band | None:
    """The band that a flow (passages a minute) lies in; None without bands."""
    return next((band for band in reversed(bands) if band.flow <= flow), None)


def _band(flow: float, counts: Sequence[Manual]) -> Band:
    counted, true = sum(one.counted for one in counts), sum(one.true for one in counts)
    if counted == 0:
        raise NotCalibrated("nobody", "the door counted nobody")
    factor = true / counted
    # Between the stretches (ratio estimator, Cochran, Sampling Techniques, 6.4), but never surer
    # than chance lets single misses be.
    between = sum((one.true - factor * one.counted) ** 2 for one in counts)
    between *= len(counts) / (len(counts) - 1) if len(counts) > 1 else 0.0
    single = max(abs(factor - 1.0), 0.01) * factor * counted
    half = Z_95 * math.sqrt(max(between, single)) / counted
    return Band(flow, round(factor, 4), round(factor - half, 4), round(factor + half, 4), true)
