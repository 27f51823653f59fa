"""How radio waves fare in one shop, and how its readers divide their time."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, slots=True)
class Air:
    """Figures of the radio in this shop; decibels unless named otherwise.

    Attributes:
        exponent: of path loss. clutter: what other goods take from every tag, in the mean.
        slope: how much stronger makes an answer e times as likely. ceiling: the best chance.
        cycle_seconds: from one round of a shelf's antenna to its next. brisk_seconds: the same of
            the reader that watches the desk.
        at_most: tags in a round. passes: how often one tag may be asked in it.
    """

    exponent: float
    shadow: float
    clutter: float
    drift: float
    drift_seconds: float
    body: float
    wall: float
    curtain: float
    slope: float
    ceiling: float
    cycle_seconds: float
    brisk_seconds: float
    at_most: int
    passes: int


def drawn_air(rng: np.random.Generator) -> Air:
    """The air of one shop."""
    return Air(
        exponent=rng.uniform(2.2, 2.9),
        shadow=rng.uniform(2.0, 3.5),
        clutter=rng.uniform(0.0, 3.0),
        drift=rng.uniform(0.8, 1.8),
        drift_seconds=rng.uniform(200.0, 900.0),
        body=rng.uniform(8.0, 16.0),
        wall=rng.uniform(10.0, 18.0),
        curtain=rng.uniform(4.0, 9.0),
        slope=rng.uniform(2.0, 2.8),
        ceiling=rng.uniform(0.6, 0.92),
        cycle_seconds=float(np.exp(rng.uniform(np.log(0.7), np.log(3.0)))),
        brisk_seconds=rng.uniform(0.7, 0.9),
        at_most=int(rng.integers(20, 60)),
        passes=int(rng.integers(2, 5)),
    )
