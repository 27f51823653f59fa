"""What the footfall engine knows of a store."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

STAFF_RSSI_DBM = -65.0
"""A badge at least this strong is at the door, not passing by behind it."""

STAFF_WINDOW_SECONDS = 3.0
"""A badge heard this close to a passage is the one that passed."""


@dataclass(frozen=True, slots=True)
class DoorRule:
    """One door. `calibration`: true passages for one counted; `inverted`: mounted the wrong way."""

    id: str
    calibration: float = 1.0
    inverted: bool = False


@dataclass(frozen=True, slots=True)
class FootfallRules:
    """How this store counts.

    Attributes:
        doors: by the `src` of their counts.
        staff: ids of the beacons that staff wear.
        timezone: for the hour at which an empty store is taken for granted.
        reset_hour: local hour of that, long after closing.
    """

    doors: Mapping[str, DoorRule] = field(default_factory=dict)
    staff: frozenset[str] = frozenset()
    timezone: ZoneInfo = field(default_factory=lambda: ZoneInfo("UTC"))
    reset_hour: int = 4
    staff_rssi: float = STAFF_RSSI_DBM
    staff_window: float = STAFF_WINDOW_SECONDS
