"""The stock engine on the textbook problems."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from drivers.observations import Round, TagReads
from gateway.changes import ItemEvent, ItemEventKind
from gateway.simulate.random_plans import gtin_of
from gateway.stock.engine import StockEngine
from gateway.stock.habits import Habits
from gateway.stock.layout import Item, Layout, Zone, ZoneKind
from gateway.stock.tags import HERE, HIDDEN, Status
from tests.bench.presence.yardstick import MOVE, Heard, Problem

START = 1_763_740_800


class _Numbers:
    """Tags of the textbook problems, one GTIN for each."""

    def of_bytes(self, epc: bytes) -> Item | None:
        number = int.from_bytes(epc, "big")
        return Item(f"urn:{number}", gtin_of(number))

    def of_text(self, epc: str) -> Item | None:
        return None


def told_hazards(problem: Problem) -> Habits:
    """These tags vanish from shelves as no goods do. Told is how often, for how long, and that they
    come back to where they lay; how often one moves; that no hand holds them and no place hides
    them where an antenna might hear; how often ghosts are read; that misses are independent, and
    that fading is fixed for each tag and antenna. Read rates, levels of RSSI, blocking and where
    antennas hear what are not: the engine learns them.
    """
    ghost = max(problem.ghost, 1e-5)
    return Habits(
        pick=1 / problem.stay, put=1e-9, leave_unseen=1e9, back=1 / problem.away,
        hide=0.0, show=1.0, put_hidden=0.0, found=0.0, laid=0.0,
        in_hand=ghost, at_home=ghost, ghost=ghost, look=0.0, loud=0.0, alike=1e9, alike_known=1e9,
        move_odds=math.log(7 / MOVE), move_seconds=0.0, step_most=20.0, fade=0.0,
        familiar=2.0, handled=2.0, review_seconds=15.0, first_lesson=5.0,
        level_kept=1.0, level_worth=1.0,
    )  # fmt: skip


def ours(problem: Problem, habits: Habits) -> tuple[NDArray[np.int8], int]:
    """Where the engine puts each tag in each epoch, where that is likelier than not, and how many
    `moved` events it said."""
    epochs, tags = problem.truth.shape
    engine = _engine(problem, habits)
    memory = np.zeros((tags, 4), np.uint8)
    memory[:, 2], memory[:, 3] = np.arange(tags) >> 8, np.arange(tags) & 255
    said, moved = np.full((epochs, tags), -1, np.int8), 0
    for epoch, antennas in enumerate(problem.heard):
        t = float(START + epoch)
        for heard in antennas:
            if len(heard.tags):
                engine.observe(_reads(t + 0.5, heard, memory))
            engine.observe(Round("r", t + 0.9, t + 0.9, heard.antenna))
        for change in engine.advance(t + 1):
            moved += isinstance(change, ItemEvent) and change.event is ItemEventKind.MOVED
        known = engine._tags
        m = known.count
        here = known.belief[:m, HERE] + known.belief[:m, HIDDEN]
        number = np.array([int(urn[4:]) for urn in known.urns], np.int64)
        placed = (here > 0.5) & (known.status[:m] == Status.HERE)
        said[epoch, number] = np.where(placed, known.home[:m], -1)
    return said, moved


def _engine(problem: Problem, habits: Habits) -> StockEngine:
    zones = tuple(Zone(f"z{a}", ZoneKind.SHELF) for a in range(problem.zones))
    wired = {("r", a): zone.id for a, zone in enumerate(zones)}
    engine = StockEngine(Layout(zones=zones, antennas=wired), _Numbers())
    engine._presence.live_by(habits)
    return engine


def _reads(t: float, heard: Heard, memory: NDArray[np.uint8]) -> TagReads:
    n = len(heard.tags)
    return TagReads(
        "r", t, np.full(n, t), np.full(n, heard.antenna, np.int32), memory[heard.tags],
        np.full(n, 4, np.int32), heard.rssi, np.ones(n, np.int32),
    )  # fmt: skip
