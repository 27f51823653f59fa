"""What the footfall engine knows of a store."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from zoneinfo import ZoneInfo

from gateway.footfall.calibration import Band, band_of
from gateway.footfall.hours import Minutes, Openings

STAFF_RSSI_DBM = -65.0
"""A badge at least this strong is at the door, not passing by behind it."""

STAFF_WINDOW_SECONDS = 3.0
"""A badge heard this close to a passage is the one that passed."""


@dataclass(frozen=True, slots=True)
class DoorRule:
    """One door.

    Attributes:
        calibration: true passages for one counted.
        inverted: mounted the wrong way.
        bands: the same by flow, where it was counted by hand; they rule over `calibration`.
    """

    id: str
    calibration: float = 1.0
    inverted: bool = False
    bands: tuple[Band, ...] = ()

    def factor(self, flow: float) -> float:
        """True passages for one counted at `flow` passages a minute."""
        band = band_of(self.bands, flow)
        return self.calibration if band is None else band.factor

    def unsure(self, flow: float) -> float:
        """Standard error of the factor, as a share of it; 0 where nobody said."""
        band = band_of(self.bands, flow)
        return 0.0 if band is None else (band.high - band.low) / (2 * 1.96 * band.factor)


@dataclass(frozen=True, slots=True)
class FootfallRules:
    """How this store counts.

    Attributes:
        doors: by the `src` of their counts.
        staff: ids of the beacons that staff wear.
        receivers: by the `src` of adverts, the door at which that receiver hangs; None for one
            that is at no door. One that is not named here is at each door without one of its own.
        timezone: whose wall clock opening hours, days and slots go by.
        reset_hour: local hour at which a store without known closing is taken for empty.
        hours: openings by weekday (0 is Monday) in minutes since midnight; a weekday that is
            missing counts as open, one with no openings is closed.
        exceptions: openings by local date, instead of the weekday's.
        minimum_count: fewer baskets than this are never told of.
    """

    doors: Mapping[str, DoorRule] = field(default_factory=dict)
    staff: frozenset[str] = frozenset()
    receivers: Mapping[str, str | None] = field(default_factory=dict)
    timezone: ZoneInfo = field(default_factory=lambda: ZoneInfo("UTC"))
    reset_hour: int = 4
    staff_rssi: float = STAFF_RSSI_DBM
    staff_window: float = STAFF_WINDOW_SECONDS
    hours: Mapping[int, tuple[Minutes, ...]] = field(default_factory=dict)
    exceptions: Mapping[date, tuple[Minutes, ...]] = field(default_factory=dict)
    minimum_count: int = 3

    def openings(self) -> Openings:
        """The store's opening hours."""
        return Openings(self.timezone, self.hours, self.exceptions, self.reset_hour)
