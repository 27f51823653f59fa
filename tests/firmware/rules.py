"""The rules of two beams in other words than the firmware: on runs and letters, not milliseconds.

Source: `firmware/README.md`, section "Two beams".
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

IN, OUT, BACK, LOITER, TAILGATE, UNKNOWN, STUCK, FREE = range(1, 9)
DEBOUNCE, LOITERING, STUCK_AFTER = 5, 4_000, 30_000

Run = tuple[int, int]
"""(broken beams of one lane, for how many ms)."""


@dataclass(frozen=True, order=True, slots=True)
class Seen:
    """What a lane must say at the millisecond `when`; `tally` 0: no total."""

    when: int
    kind: int
    tally: int
    took: int


@dataclass(frozen=True, slots=True)
class Spell:
    """A beam is broken from `start` until just before `end`, after the debounce."""

    beam: int
    start: int
    end: int


def judge(runs: list[Run]) -> list[Seen]:
    """All that happens in a lane, sorted. The first millisecond is number 1."""
    total = sum(ms for _, ms in runs)
    spells = [spell for beam in (1, 2) for spell in _spells(runs, beam, total)]
    seen = [note for spell in spells for note in _stuck(spell, total)]
    jams = [s.start + STUCK_AFTER for s in spells if _is_stuck(s, total)]
    for episode in _episodes(spells):
        start, end = episode[0][0], episode[-1][0]
        blind = min((at for at in jams if start <= at < end), default=total + 1)
        seen += [one for one in _passages(episode, total) if one.when <= blind]
    return sorted(seen)


def _spells(runs: list[Run], beam: int, total: int) -> Iterator[Spell]:
    now, began = 1, 0
    for broken, group in groupby(runs, key=lambda run: bool(run[0] & beam)):
        length = sum(ms for _, ms in group)
        if length >= DEBOUNCE and broken != bool(began):
            turned = now + DEBOUNCE - 1
            if began:
                yield Spell(beam, began, turned)
            began = turned if broken else 0
        now += length
    if began:
        yield Spell(beam, began, total + 1)


def _is_stuck(spell: Spell, total: int) -> bool:
    return spell.end > spell.start + STUCK_AFTER


def _stuck(spell: Spell, total: int) -> Iterator[Seen]:
    if _is_stuck(spell, total):
        yield Seen(spell.start + STUCK_AFTER, STUCK, 0, STUCK_AFTER)
        if spell.end <= total:
            yield Seen(spell.end, FREE, 0, spell.end - spell.start)


def _episodes(spells: list[Spell]) -> Iterator[list[tuple[int, str]]]:
    """From the first broken beam to both clear: (when, letter), D for both and a final dot."""
    times = sorted({t for spell in spells for t in (spell.start, spell.end)})
    episode: list[tuple[int, str]] = []
    for t in times:
        level = sum(s.beam for s in spells if s.start <= t < s.end)
        episode.append((t, ".ABD"[level]))
        if level == 0:
            yield episode
            episode = []


def _passages(episode: list[tuple[int, str]], total: int) -> Iterator[Seen]:
    letters = "".join(letter for _, letter in episode)
    first = letters[0]
    if first == "B":
        letters = letters.translate(str.maketrans("AB", "BA"))
    cuts = [m.start() for m in re.finditer(r"(?<=B)(?=[AD])", letters)] if first != "D" else []
    start = 0
    for place in (*cuts, len(letters) - 1):
        part, when = letters[start:place], episode[place][0]
        took = when - episode[start][0]
        start = place
        if when > total or not ("D" in part or {"A", "B"} <= set(part)):
            continue
        yield Seen(when, *_verdict(part, first, took, tailed=place in cuts), took)


def _verdict(part: str, first: str, took: int, *, tailed: bool) -> tuple[int, int]:
    way = IN if first == "A" else OUT
    if took > LOITERING:
        return LOITER, LOITER
    if first == "D" or part[-1] == "D":
        return UNKNOWN, 0
    if part[-1] == "A":
        return BACK, BACK
    return (TAILGATE if tailed else way), way
