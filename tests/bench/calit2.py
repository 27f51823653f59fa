"""The public half-hour counts of one door (CalIt2), where they lie beside the project."""

from __future__ import annotations

import csv
import os
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

OUT, IN = 7, 9
SLOTS_A_WEEK = 336
FIRST = datetime(2005, 7, 24)  # noqa: DTZ001 - local wall-clock of the building


def folder() -> Path | None:
    """Where the data lies; None where it is missing."""
    beside = Path(__file__).parents[2] / ".." / "shared" / "data" / "calit2"
    found = Path(os.environ.get("SHELFCAST_CALIT2", beside))
    return found if (found / "CalIt2.data").is_file() else None


def counts(place: Path, flow: int) -> NDArray[np.float64]:
    """Counts shaped (weeks, slots of the week), whole weeks alone."""
    found: dict[int, float] = {}
    with (place / "CalIt2.data").open() as lines:
        for which, day, clock, count in csv.reader(lines):
            if int(which) == flow:
                found[_slot(f"{day} {clock}")] = float(count)
    weeks = (max(found) + 1) // SLOTS_A_WEEK
    flat = [found.get(n, 0.0) for n in range(weeks * SLOTS_A_WEEK)]
    return np.array(flat).reshape(weeks, SLOTS_A_WEEK)


def events(place: Path, weeks: int) -> list[tuple[int, int]]:
    """Known events within the weeks, as first slot and the slot after the last."""
    found = []
    with (place / "CalIt2.events").open() as lines:
        for day, begin, end, _ in csv.reader(lines):
            found.append((_slot(f"{day} {begin}"), _slot(f"{day} {end}", up=True)))
    return [one for one in found if one[0] < weeks * SLOTS_A_WEEK]


def _slot(text: str, *, up: bool = False) -> int:
    moment = datetime.strptime(text, "%m/%d/%y %H:%M:%S")  # noqa: DTZ007 - wall clock
    slots, rest = divmod(moment - FIRST, timedelta(minutes=30))
    return slots + (1 if up and rest else 0)
