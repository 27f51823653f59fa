"""Simulated days with staff who wear badges: how wrong the visitors are with and without the rule.

Badges send once a second; the receiver hangs one metre from the door and loses some. Six people
come to work, go out now and then and come back, so that a tenth of the entries are theirs.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from drivers.observations import Advert, Count
from gateway.changes import StoreMinute
from gateway.footfall.engine import FootfallEngine
from gateway.footfall.rules import STAFF_RSSI_DBM, STAFF_WINDOW_SECONDS, DoorRule, FootfallRules

DAY_SECONDS = 36_000.0
BEGIN = 1_763_712_000.0
VISITORS, STAY_SECONDS = 400, 900.0
BADGES = tuple(f"badge-{n}" for n in range(1, 7))
TRIPS = 4
SPEED, BESIDE = 1.1, 1.0
NEAR_SECONDS = 12
POWER_DBM, EXPONENT, FADING_DB = -59.0, 2.2, 3.5
SEEDS = 4


@dataclass(frozen=True, slots=True)
class Case:
    """What goes wrong on a day.

    Attributes:
        lost: share of adverts that the receiver does not hear.
        lies: hours that a badge lies 1.2 m from the receiver.
        stands: hours that somebody with a badge works 1.5 m from it.
        pairs: staff come and go two at a time.
        dead: badges whose battery is empty.
    """

    lost: float = 0.1
    lies: float = 0.0
    stands: float = 0.0
    pairs: bool = False
    dead: int = 0


USUAL = Case()
CASES = {
    "a tenth of the adverts lost": USUAL,
    "half of the adverts lost": replace(USUAL, lost=0.5),
    "a badge lies at the door, 3 h": replace(USUAL, lies=3.0),
    "somebody works at the door, 3 h": replace(USUAL, stands=3.0),
    "two badges at once": replace(USUAL, pairs=True),
    "one battery of six is dead": replace(USUAL, dead=1),
    "all of it": Case(lost=0.3, lies=3.0, stands=3.0, pairs=True, dead=1),
}
Times: TypeAlias = NDArray[np.float64]
WAYS = ("no exclusion", "each sighting", "ours")


def error(case: Case, seed: int) -> dict[str, float]:
    """Error of a day's visitors in percent, signed, each way."""
    rng = np.random.default_rng(seed)
    came = np.sort(rng.uniform(0.0, DAY_SECONDS - 1_800.0, VISITORS))
    left = came + rng.gamma(3.0, STAY_SECONDS / 3.0, VISITORS)
    trips = [_trips(rng) for _ in BADGES]
    if case.pairs:
        trips = [trips[n // 2 * 2] + 0.5 * (n % 2) for n in range(len(trips))]
    adverts = list(_adverts(case, rng, trips))
    inward = np.sort(np.concatenate([came, *[one[0::2] for one in trips]]))
    outward = np.sort(np.concatenate([left, *[one[1::2] for one in trips]]))
    counts = list(_counts(inward, outward))
    net = {
        "no exclusion": float(len(inward)),
        "each sighting": float(len(inward) - _sighted(adverts, inward)),
        "ours": float(_engine([*counts, *adverts])),
    }
    return {way: 100.0 * (each - VISITORS) / VISITORS for way, each in net.items()}


def _trips(rng: np.random.Generator) -> Times:
    """When somebody of the staff passes: in, out, in … out."""
    breaks = np.sort(rng.uniform(1_800.0, DAY_SECONDS - 3_600.0, 2 * TRIPS))
    return np.array([rng.uniform(60.0, 900.0), *breaks, DAY_SECONDS - rng.uniform(60.0, 900.0)])


def _adverts(case: Case, rng: np.random.Generator, trips: list[Times]) -> Iterator[Advert]:
    """What the receiver hears near the door; elsewhere nobody is strong."""
    for badge, passages in list(zip(BADGES, trips, strict=True))[case.dead :]:
        for t in passages.tolist():
            for second in np.arange(-NEAR_SECONDS, NEAR_SECONDS) + rng.random():
                far = float(np.hypot(SPEED * second, BESIDE))
                yield from _heard(case, rng, badge, t + second, far)
    for badge, hours, far in (("badge-5", case.lies, 1.2), ("badge-6", case.stands, 1.5)):
        since = rng.uniform(3_600.0, DAY_SECONDS - 14_400.0)
        for second in range(int(3_600 * hours)):
            sway = far if badge == "badge-5" else far * float(rng.uniform(0.7, 1.6))
            yield from _heard(case, rng, badge, since + second, sway)


def _heard(
    case: Case, rng: np.random.Generator, badge: str, t: float, far: float
) -> Iterator[Advert]:
    rssi = POWER_DBM - 10 * EXPONENT * np.log10(far) + rng.normal(0.0, FADING_DB)
    if rng.random() >= case.lost and rssi > -95.0:
        moment = BEGIN + float(t)
        yield Advert("receiver", moment, moment, badge, "C4:7C:8D:6A:11:02", float(round(rssi)))


def _counts(inward: Times, outward: Times) -> Iterator[Count]:
    """What the counter says: once a second where somebody passed, and every ten seconds."""
    seconds = np.unique(
        np.concatenate([np.ceil(inward), np.ceil(outward), np.arange(0.0, DAY_SECONDS, 10.0)])
    )
    came = np.searchsorted(inward, seconds, side="right")
    gone = np.searchsorted(outward, seconds, side="right")
    for t, entries, exits in zip(seconds.tolist(), came.tolist(), gone.tolist(), strict=True):
        yield Count("door", BEGIN + t, BEGIN + t, 1, entries, exits)


def _sighted(adverts: list[Advert], inward: Times) -> int:
    """Strong sightings near an entry, each of which takes one off."""
    heard = np.array([a.t - BEGIN for a in adverts if a.rssi >= STAFF_RSSI_DBM])
    before = np.searchsorted(inward, heard - STAFF_WINDOW_SECONDS)
    return int((np.searchsorted(inward, heard + STAFF_WINDOW_SECONDS) > before).sum())


def _engine(observed: list[Count | Advert]) -> int:
    rules = FootfallRules(doors={"door": DoorRule("door")}, staff=frozenset(BADGES))
    engine = FootfallEngine(rules)
    engine.advance(BEGIN - 1.0)
    visitors = 0
    for obs in sorted(observed, key=lambda one: one.t):
        visitors += _said(engine, obs.t)
        engine.observe(obs)
    return visitors + _said(engine, BEGIN + DAY_SECONDS + 7_200.0)


def _said(engine: FootfallEngine, now: float) -> int:
    return sum(c.visitors for c in engine.advance(now) if isinstance(c, StoreMinute))


def staff_lines() -> Iterator[str]:
    """Mean error of a day's visitors by case, each way; a line for the goal."""
    yield f"{'visitors less staff, error of a day, %':<40}" + "".join(f"{w:>16}" for w in WAYS)
    best = True
    for name, case in CASES.items():
        each = [error(case, seed) for seed in range(SEEDS)]
        means = [float(np.mean([abs(one[way]) for one in each])) for way in WAYS]
        best = best and means[2] < min(means[:2])
        yield f"  {name:<38}" + "".join(f"{mean:>16.1f}" for mean in means)
    yield (
        "goal, staff: less wrong than no exclusion and than one off a sighting in every case:"
        f" {'met' if best else 'missed'}"
    )
