"""What was learned of rates, silences and the plan, as small texts that outlive a restart.

Three kinds of `Remember` keys: `learned:ZONE`, what the store's own goods taught of each antenna
that could hear the zone; `walked:ZONE`, what a walk of the installer measured there; `learned`, the
rest. Numbers are rounded to what they are worth. Zones and antennas go by their names: one that the
config no longer has is passed over, a new one begins as everybody does.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gateway.changes import Remember
from gateway.stock.places import NOWHERE, Places
from gateway.stock.presence import Presence
from gateway.stock.spread import GRID, STRENGTHS
from gateway.stock.usual import Usual

WRITE_SECONDS = 600.0
"""How often what was learned is looked at: an SD card does not live for ever."""
GENERAL, LEARNED, WALKED = "learned", "learned:", "walked:"
_MILLI, _CENT = 1000, 100
_SILENT_SHARE, _SILENT_RATE = 98, 30
"""An antenna that hears a zone's tags no oftener, in hundredths and thousandths, is written 0."""
_SILENT_MEAN = 0.01
_MOST_TAGS, _COUNTED = 10_000.0, 1e9
_SHIFT, _STEP = 0.2, {GENERAL: 0.05, LEARNED: 10.0}
"""What differs by no more than this share, or by so little, is not written anew."""

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class ZoneFigures:
    """What is known of one zone.

    Attributes:
        tags: how many tags `mean` rests on; `mass`: how many `spread` does.
        mean: reads a round by antenna, NaN where nothing is known.
        spread: tags by antenna and rate of the spread's grid.
    """

    tags: float
    mass: float
    mean: Floats
    spread: Floats


@dataclass(frozen=True, slots=True)
class _General:
    """Silences by grade, units on their shelf and off it, tags by strength, and of long silences
    `obscure`, `fades`, `shows`, of which earlier versions wrote nothing."""

    silences: Floats
    plan: tuple[float, float]
    strengths: Floats
    long_silences: tuple[float, ...]


def zone_text(figures: ZoneFigures, places: Places) -> str:
    """One zone's figures as JSON."""
    by: dict[str, dict[str, list[int] | int]] = {}
    shares = figures.spread / max(figures.mass, 1e-9)
    for antenna, (reader, number) in enumerate(places.antennas):
        if np.isnan(figures.mean[antenna]):
            continue
        share = np.rint(shares[antenna] * _CENT).astype(int).tolist()
        rate = round(float(figures.mean[antenna]) * _MILLI)
        quiet = rate <= _SILENT_RATE and share[0] >= _SILENT_SHARE
        by.setdefault(reader, {})[str(number)] = 0 if quiet else [rate, *share]
    said = {"tags": _rounded(figures.tags), "mass": _rounded(figures.mass), "by": by}
    return json.dumps(said, separators=(",", ":"))


def read_zone(text: str, places: Places) -> ZoneFigures:
    """The figures again. Raises `ValueError`, `KeyError` or `TypeError` on foreign text."""
    said = json.loads(text)
    tags, mass = (_number(said[name], _MOST_TAGS) for name in ("tags", "mass"))
    mean = np.full(len(places.antennas), np.nan)
    spread = np.zeros((len(places.antennas), len(GRID)))
    for reader, antennas in dict(said["by"]).items():
        for number, told in dict(antennas).items():
            rate, share = _antenna(told)
            antenna = places.antenna(reader, int(number))
            if antenna is not None:
                mean[antenna], spread[antenna] = rate, share * mass
    return ZoneFigures(tags, mass, mean, spread)


def _antenna(told: object) -> tuple[float, Floats]:
    if told == 0:
        return _SILENT_MEAN, np.eye(len(GRID))[0]
    if not isinstance(told, list) or len(told) != 1 + len(GRID):
        raise ValueError("an antenna has a rate and the shares of the grid")
    share = np.array([_number(one, _CENT) for one in told[1:]])
    return _number(told[0], _MILLI) / _MILLI, share / max(share.sum(), 1.0)


def _number(value: object, most: float) -> float:
    """A finite number from 0 to `most`. Raises `ValueError` for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= most:
        raise ValueError(f"{str(value)[:40]} is no number from 0 to {most:g}")
    return float(value)


def _rounded(value: float) -> float:
    """Two digits, and no more than may be read back: a count of tags is worth no more."""
    return float(f"{min(value, _MOST_TAGS):.2g}")


class Learned:
    """Tells and takes back what `rates`, `spread`, `misses`, `usual` and `lessons` have learned."""

    def __init__(self, places: Places, presence: Presence, usual: Usual) -> None:
        self._places, self._presence, self._usual = places, presence, usual
        zones, antennas = len(places.zones), len(places.antennas)
        self._walked: dict[int, ZoneFigures] = {}
        self._found: dict[int, ZoneFigures] = {}
        self._general: _General | None = None
        self._written: dict[str, str] = {}
        self._looked: float | None = None
        self._shape = (zones, antennas, len(GRID))

    def changed(self, now: float) -> list[Remember]:
        """What is worth writing, at most once in `WRITE_SECONDS`."""
        if self._looked is None:
            self._looked = now
        if 0 <= now - self._looked < WRITE_SECONDS:
            return []
        return self.rest(now)

    def rest(self, now: float) -> list[Remember]:
        """What is worth writing, whenever it was looked at before."""
        self._looked = now
        return [
            self._write(key, text)
            for key, text in self._texts()
            if _differs(text, self._written.get(key), _STEP[GENERAL if key == GENERAL else LEARNED])
        ]

    def step_clock(self, seconds: float) -> None:
        """The clock was stepped by so much: nothing is due sooner or later for that."""
        if self._looked is not None:
            self._looked += seconds

    def walk(self, measured: dict[int, ZoneFigures]) -> list[Remember]:
        """Put in force what a walk measured, by zone, and remember it.

        What the store had taught of those zones is forgotten (see `RateSpread.measured`).
        """
        self._walked |= measured
        self._apply_walked(measured)
        said = []
        for zone, figures in sorted(measured.items()):
            name = self._places.zones[zone]
            said.append(self._write(WALKED + name, zone_text(figures, self._places)))
            if self._written.pop(LEARNED + name, None) is not None:
                said.append(Remember("stock", LEARNED + name, None))
        return said

    def restore(self, key: str, text: str) -> bool:
        """Take one text; `apply` puts all of them in force. False for a key of somebody else's.

        Raises `ValueError`, `KeyError` or `TypeError` on foreign text.
        """
        if key == GENERAL:
            general = _parts(json.loads(text))
            if general.silences.shape != self._presence.misses.counted.shape:
                raise ValueError("silences are counted by other grades")
            self._general = general
        elif key.startswith((LEARNED, WALKED)):
            zone = self._places.zone(key.partition(":")[2])
            figures = read_zone(text, self._places)
            if zone == NOWHERE:
                return True
            (self._walked if key.startswith(WALKED) else self._found)[zone] = figures
        else:
            return False
        self._written[key] = text
        return True

    def apply(self) -> None:
        """Put in force what was taken back: first what was measured, then what was learned."""
        self._apply_walked(self._walked)
        lessons = self._presence.lessons
        strengths = np.zeros(len(STRENGTHS))
        if self._general is not None:
            strengths = self._general.strengths
            self._presence.misses.restore(self._general.silences)
            self._usual.restore(*self._general.plan)
            if self._general.long_silences:
                lessons.silences.restore(*self._general.long_silences)
            self._general = None
        if not self._found:
            return
        mean, known = np.full(self._shape[:2], np.nan), np.zeros(self._shape[0])
        taught = np.zeros(self._shape)
        for zone, figures in self._found.items():
            mean[zone], known[zone], taught[zone] = figures.mean, figures.tags, figures.spread
        lessons.rates.restore(mean, known)
        if taught.any():
            lessons.spread.restore(taught, strengths)
        self._found = {}

    def _apply_walked(self, measured: dict[int, ZoneFigures]) -> None:
        if not measured:
            return
        lessons, told = self._presence.lessons, np.zeros(self._shape)
        for zone, figures in measured.items():
            lessons.rates.measured(zone, figures.mean, figures.tags)
        for zone, figures in self._walked.items():
            told[zone] = figures.spread
        lessons.spread.measured(told)

    def _texts(self) -> Iterator[tuple[str, str]]:
        presence, lessons = self._presence, self._presence.lessons
        counted = presence.misses.counted
        said = {
            "silences": [[_short(one) for one in row] for row in counted.tolist()],
            "plan": [_short(one) for one in self._usual.misplaced],
            "strengths": [_short(one) for one in lessons.spread.strengths.tolist()],
            "long_silences": [_short(one) for one in lessons.silences.learned],
        }
        yield GENERAL, json.dumps(said, separators=(",", ":"))
        known, spread = lessons.rates.known, lessons.spread.taught
        mass = spread.sum(axis=2).max(axis=1, initial=0.0)
        for zone, name in enumerate(self._places.zones):
            if mass[zone] > 0:
                figures = ZoneFigures(
                    float(known[zone]), float(mass[zone]), lessons.rates.mean[zone], spread[zone]
                )
                yield LEARNED + name, zone_text(figures, self._places)

    def _write(self, key: str, text: str) -> Remember:
        self._written[key] = text
        return Remember("stock", key, text)


def _short(value: float) -> float:
    return float(f"{value:.3g}")


def _parts(said: Any) -> _General:
    """The general text, checked. Raises `ValueError`, `KeyError` or `TypeError`."""
    counted = np.array([[_number(n, _COUNTED) for n in list(row)] for row in said["silences"]])
    if counted.ndim != 2 or not (counted[:, :1] > 0).all():
        raise ValueError("silences are counted by grade, and there are some in each")
    units, misplaced = (_number(one, _COUNTED) for one in said["plan"])
    long_silences = tuple(_number(one, _COUNTED) for one in said.get("long_silences", ()))
    strengths = np.array([_number(one, _MOST_TAGS) for one in said["strengths"]])
    if len(strengths) != len(STRENGTHS) or misplaced > units or units == 0:
        raise ValueError("strengths or plan cannot be so")
    if len(long_silences) not in {0, 3} or not all(one > 0 for one in long_silences):
        raise ValueError("goods fall silent now and then, and show up again")
    return _General(counted, (units, misplaced), strengths, long_silences)


def _differs(text: str, before: str | None, step: float) -> bool:
    """Whether two texts tell of something else, not of a little more or less of the same."""
    if before is None or text == before:
        return before is None
    now, then = (list(_numbers(json.loads(one))) for one in (text, before))
    if [name for name, _ in now] != [name for name, _ in then]:
        return True
    values, old = (np.array([value for _, value in one]) for one in (now, then))
    return bool((np.abs(values - old) > np.maximum(step, _SHIFT * np.maximum(values, old))).any())


def _numbers(said: object, name: str = "") -> Iterator[tuple[str, float]]:
    """Every number of a text, with the name of its place."""
    if isinstance(said, dict):
        for key, value in said.items():
            yield from _numbers(value, f"{name}/{key}")
    elif isinstance(said, list):
        for place, value in enumerate(said):
            yield from _numbers(value, f"{name}/{place}")
    elif isinstance(said, int | float):
        yield name, float(said)
