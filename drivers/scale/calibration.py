"""From a load cell's raw numbers to grams: a tare and a factor, found with one known weight."""

from __future__ import annotations

import math
from dataclasses import dataclass


class CalibrationError(ValueError):
    """The readings give no usable factor; the message says what to do instead."""


@dataclass(frozen=True, slots=True)
class Calibration:
    """`tare` is the raw reading of the empty shelf, `factor` grams for one raw step, not 0.

    The factor is negative where the cell is mounted upside down.
    """

    tare: int
    factor: float

    def __post_init__(self) -> None:
        if not math.isfinite(self.factor) or self.factor == 0:
            raise CalibrationError("the factor must be a number other than 0")

    def grams(self, raw: int) -> float:
        """What lies on the shelf. Below zero when something was taken off after the tare."""
        return (raw - self.tare) * self.factor


def calibrate(empty: int, loaded: int, grams: float) -> Calibration:
    """The calibration of a cell that read `empty`, and `loaded` with `grams` on it.

    Raises:
        CalibrationError: no weight, or one that the cell did not notice.
    """
    if not (math.isfinite(grams) and grams > 0):
        raise CalibrationError("the known weight must be more than 0 g")
    if loaded == empty:
        raise CalibrationError("the cell reads the same with and without the weight")
    return Calibration(empty, grams / (loaded - empty))
