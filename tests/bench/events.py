"""Known events of CalIt2 found among so many flags, beside the Poisson threshold.

The product's model (what is usual, how likely a count is in each condition, how conditions follow
each other) looks back over all weeks; a day is never its own witness. The product's herald, which
knows the past alone, is counted beside it, as it speaks and by its own probability ranked. What is
ranked is said with each line: a store that looks back has no alarm threshold of its own, so the
deviation from the product's mean by the product's scatter is the bench's score. The list of events
is used to count, and nowhere else.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from datetime import timedelta

import numpy as np
from numpy.typing import NDArray

from gateway.footfall.chance import Counts, normal
from gateway.footfall.day import BUSY_DAY, DEAD_DAY
from gateway.footfall.slots import DAYS_KEPT
from gateway.footfall.unusual import (
    BUSY,
    CHANGE,
    FIRST,
    Condition,
    Herald,
    likelihoods,
)
from gateway.footfall.usual import SCATTER, usual
from tests.bench.calit2 import FIRST as FIRST_DAY

FLAGS_OF_FIFTEEN_WEEKS = (68, 98, 149)
PROTOTYPE = {68: (20, 24), 98: (22, 25), 149: (26, 29)}
"""Of 30 events in fifteen weeks: threshold, two-state model."""
GOAL_AT, GOAL, ALL = 98, 25, 30
ROUNDS = 3
DOUBT = 0.001
"""What a half hour weighs that was unusual for certain: something, or none may be left."""
OPENS, CLOSES = 16, 40
LIVE_FROM = 21
"""Days: three weeks of history."""

Known = Sequence[tuple[int, int]]


def chances(counts: Counts, due: Counts) -> NDArray[np.float64]:
    """[as usual, busy, dead] of each half hour, from what came before and after on its day.

    Args:
        counts: shaped (days, half hours).
        due: what was usual, of the same shape.
    """
    logs = likelihoods(counts, due)
    each = np.exp(logs - logs.max(axis=2, keepdims=True))
    smooth = np.empty_like(each)
    belief = np.tile(FIRST, (len(each), 1))
    for slot in range(each.shape[1]):
        belief = normal(belief @ CHANGE * each[:, slot])
        smooth[:, slot] = belief
    after = np.ones_like(belief)
    for slot in reversed(range(each.shape[1])):
        smooth[:, slot] = normal(smooth[:, slot] * after)
        after = normal((each[:, slot] * after) @ CHANGE.T)
    return np.asarray(smooth)


def looked_back(days: Counts) -> tuple[Counts, NDArray[np.float64]]:
    """What was usual on each day, from the others without what was unusual in them; the chances.

    Returns:
        means shaped like `days`, and chances shaped (days, 48, 3).
    """
    weight = np.ones_like(days)
    for _ in range(ROUNDS):
        rows = range(len(days))
        means = np.stack([usual(days[:, None], row, weight[:, None])[0][0] for row in rows])
        found = chances(days, means)
        weight = found[:, :, 0] + DOUBT
    return means, found


def surprise(counts: Counts, due: Counts) -> NDArray[np.float64]:
    """Standard deviations above what is usual (Anscombe's transform, for `SCATTER`)."""
    above = np.sqrt(counts + 3 / 8) - np.sqrt(due + 3 / 8)
    return np.asarray(2.0 * above / math.sqrt(SCATTER))


def alarms(score: Sequence[float], most: int) -> list[int]:
    """Half hours flagged when the highest are taken until `most` alarms are raised.

    Neighbours are one alarm: that is what a person is told.
    """
    flagged: set[int] = set()
    raised = 0
    for place in sorted(range(len(score)), key=lambda n: (-score[n], n)):
        raised += 1 - (place - 1 in flagged) - (place + 1 in flagged)
        if raised > most:
            break
        flagged.add(place)
    return sorted(flagged)


def found(known: Known, flagged: Sequence[int]) -> int:
    """Events with a flag in one of their half hours."""
    slots = set(flagged)
    return sum(any(n in slots for n in range(begin, end)) for begin, end in known)


def scores(days: Counts) -> dict[str, Counts]:
    """How unusually busy each half hour is, several ways; flat."""
    weekly = days.reshape(-1, 7, 48).mean(axis=0)
    plain = np.tile(weekly, (len(days) // 7, 1))
    means, each = looked_back(days)
    busy = each[:, :, 1]
    return {
        "Poisson threshold": surprise(days, plain).ravel(),
        "ours, deviation": surprise(days, means).ravel(),
        "ours, probability": (np.log(busy + 1e-300) - np.log(1.0 - busy + 1e-16)).ravel(),
    }


def live_means(days: Counts) -> Iterator[tuple[int, int, float]]:
    """(half hour, count, what was usual by the days before alone) of opening, from `LIVE_FROM`."""
    for day in range(LIVE_FROM, len(days)):
        history = np.full((DAYS_KEPT, 1, 48), np.nan)
        kept = days[max(0, day - DAYS_KEPT) : day]
        history[DAYS_KEPT - len(kept) :, 0] = kept
        means, _ = usual(history, DAYS_KEPT)
        for slot in range(OPENS, CLOSES):
            yield 48 * day + slot, int(days[day, slot]), float(means[0, slot])


def heard_live(days: Counts) -> list[tuple[str, int]]:
    """(kind, half hour) of all that a store would have been told, from the fourth week on."""
    herald = Herald()
    return [
        (alert.kind, place)
        for place, count, due in live_means(days)
        for alert in herald.step(1_800.0 * place, count, due)
        if not alert.over
    ]


def busy_live(days: Counts) -> Counts:
    """The herald's own probability that each half hour is busy, when it ended; flat."""
    condition, score = Condition(), np.full(days.size, -1.0)
    for place, count, due in live_means(days):
        score[place] = condition.step(count, due).busy
    return score


def live_lines(days: Counts, known: Known) -> Iterator[str]:
    """What a store that knows the past alone would have heard."""
    said = heard_live(days)
    busy = [place for kind, place in said if kind == BUSY]
    later = [one for one in known if one[0] >= 48 * LIVE_FROM]
    yield (
        f"  as heard live, from three weeks on: {len(busy)} alarms,"
        f" {found(later, busy)} of {len(later)} events found"
    )
    score = busy_live(days)
    most = round(GOAL_AT * (len(days) - LIVE_FROM) / (7 * 15))
    single = found(later, np.argsort(-score, kind="stable")[:most].tolist())
    together = found(later, alarms(score.tolist(), most))
    yield (
        f"  the same probability as ranked, the highest {most} half hours / alarms:"
        f" {single} / {together} of {len(later)}, scaled goal {GOAL / ALL * len(later):.1f}"
    )
    for name, which in (("busy", BUSY_DAY), ("dead", DEAD_DAY)):
        dates = [f"{FIRST_DAY + timedelta(days=p // 48):%a %d %B}" for k, p in said if k == which]
        yield f"  whole days said to be {name}: {', '.join(dates) or 'none'}"


def event_lines(days: Counts, known: Known) -> Iterator[str]:
    """The table, a line for what a store would have heard, and one for the goal."""
    weeks = len(days) / 7
    flags = {n: round(n * weeks / 15) for n in FLAGS_OF_FIFTEEN_WEEKS}
    yield (
        f"events found of {len(known)}, by half hours flagged / by alarms (neighbours are one)"
        + "".join(f"{n:>12}" for n in flags.values())
    )
    table: dict[str, dict[int, tuple[int, int]]] = {}
    for name, score in scores(days).items():
        order = np.argsort(-score, kind="stable")
        table[name] = {
            n: (found(known, order[:most].tolist()), found(known, alarms(score.tolist(), most)))
            for n, most in flags.items()
        }
        cells = (f"{single} / {together}" for single, together in table[name].values())
        yield f"  {name:<72}" + "".join(f"{cell:>12}" for cell in cells)
    for which, name in enumerate(("prototype's threshold, scaled", "prototype's model, scaled")):
        cells = (f"{each[which] * len(known) / ALL:.1f}" for each in PROTOTYPE.values())
        yield f"  {name:<72}" + "".join(f"{cell:>12}" for cell in cells)
    yield from live_lines(days, known)
    goal = GOAL / ALL * len(known)
    best = table["ours, deviation"][GOAL_AT]
    yield (
        f"goal, events: {best[0]} by half hours, {best[1]} by alarms at {flags[GOAL_AT]} flags,"
        f" at least {goal:.1f}: {'met' if min(best) >= goal else 'missed'}"
    )
