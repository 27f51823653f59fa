"""What an installer's walk is worth: `python -m tests.bench walk`.

A store on its first day, whose antennas are turned up so far that they hear their neighbours' goods
(`--power`). Before it, somebody walked through it with ten tags, on another virtual day: other
shadows, other places. How many of the goods that lie somewhere does the engine put elsewhere in the
first ten minutes, without what the walk told and with it? What if it was only started again and
remembers what an hour of its own goods had taught it? No planogram says where they belong, unless
`--plan` is said. `--mute`: readers that tell no RSSI, to which a walk is worth most.
"""

from __future__ import annotations

import argparse
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from drivers.observations import Observation, TagReads
from gateway.changes import Remember
from gateway.naming import naming_of
from gateway.requests import WalkAct, WalkPhase, WalkState, WalkStep
from gateway.simulate.goods import FOREIGN, Goods, TagMix, Where
from gateway.simulate.plan import StorePlan
from gateway.simulate.random_plans import random_plan
from gateway.simulate.scenario import USUAL, Scenario
from gateway.simulate.world import World
from gateway.stock.engine import StockEngine
from tests.bench.shop import layout_of

KNOWN = ("nothing", "a walk", "its own hour")
"""What an engine may know before its first ten minutes."""
POWER_DB = 6.0
"""As `Scenario.power_db`: goods of a shelf are heard well by the next one's antenna."""
TAGS, STOP_SECONDS = 10, 40.0
TEACHING_SECONDS = 3_630.0
FIRST_SECONDS, LOOK_SECONDS = 600.0, 20.0
CLOSED = replace(USUAL, visitors_per_hour=0.001, staff=0)
"""Nobody is there but the installer."""


@dataclass(frozen=True, slots=True)
class Placed:
    """Looks at goods that lie somewhere and were read: how many were put right."""

    right: int
    looks: int

    @property
    def wrong(self) -> float:
        """Share of looks that found it put elsewhere."""
        return 1 - self.right / max(1, self.looks)


class Store:
    """A virtual store with an engine that hears it."""

    def __init__(
        self,
        plan: StorePlan,
        seed: int,
        scenario: Scenario,
        *,
        planned: bool = False,
        mute: bool = False,
    ) -> None:
        self.world = World(plan, seed, scenario)
        layout = layout_of(self.world.plan)
        self.engine = StockEngine(layout if planned else replace(layout, planogram={}), naming_of())
        self.mute = mute
        self.kept: dict[str, str] = {}

    @property
    def now(self) -> float:
        return self.world.shop.now

    def run(self, seconds: float) -> None:
        """Second by second, as the gateway does."""
        end = math.floor(self.now + seconds)
        while self.now < end:
            step = self.world.step(min(math.floor(self.now) + 1.0, end))
            for obs in step.observations():
                self.engine.observe(_muted(obs) if self.mute else obs)
            for change in self.engine.advance(step.until):
                if isinstance(change, Remember) and change.value is not None:
                    self.kept[change.key] = change.value


def _muted(obs: Observation) -> Observation:
    """As told by a reader that says no RSSI."""
    return replace(obs, rssi=np.full_like(obs.rssi, np.nan)) if isinstance(obs, TagReads) else obs


def walked(plan: StorePlan, seed: int, power: float) -> tuple[dict[str, str], WalkState]:
    """What a walk through the store leaves on disk, and how it ended."""
    store = Store(plan, seed, replace(CLOSED, power_db=power))
    state = walk_through(store)
    store.run(2.0)
    return {key: text for key, text in store.kept.items() if key.startswith("walked:")}, state


def walk_through(store: Store) -> WalkState:
    """Lay tags into every zone of a store; how it ended."""
    shop = store.world.shop
    rows = shop.goods.add(FOREIGN, TAGS, shop.rng, TagMix(0.0, 0.0), tags=True)
    store.engine.walk(WalkAct(WalkStep.START, count=TAGS), store.now)
    store.run(25.0)
    for number, zone in enumerate(store.world.plan.zones):
        shop.radio.put(rows, shop.floor.spots(number, TAGS, shop.rng))
        lay = WalkAct(WalkStep.LAY, zone=zone.id, seconds=STOP_SECONDS)
        store.engine.walk(lay, store.now)
        store.run(STOP_SECONDS + 7.0)
        shop.radio.gone(rows)
    state = store.engine.walk(WalkAct(WalkStep.APPLY), store.now)
    assert state.phase is WalkPhase.READY
    assert not state.why
    return state


def taught(plan: StorePlan, seed: int, power: float) -> dict[str, str]:
    """What an hour of the store's own goods leaves on disk of what was learned."""
    store = Store(plan, seed, replace(USUAL, power_db=power))
    store.run(TEACHING_SECONDS)
    return {key: text for key, text in store.kept.items() if key.startswith("learned")}


def first_minutes(
    plan: StorePlan,
    seed: int,
    power: float,
    memory: Mapping[str, str],
    *,
    planned: bool = False,
    mute: bool = False,
) -> Placed:
    """The first ten minutes of the store, by an engine that knows `memory`."""
    store = Store(plan, seed, replace(USUAL, power_db=power), planned=planned, mute=mute)
    store.engine.restore(memory, store.now)
    right = looks = 0
    while store.now < store.world.start + FIRST_SECONDS:
        store.run(LOOK_SECONDS)
        placed = look(store.engine, store.world.shop.goods)
        right, looks = right + placed.right, looks + placed.looks
    return Placed(right, looks)


def look(engine: StockEngine, goods: Goods) -> Placed:
    """Where goods lie beside where the engine puts them."""
    tags, zones = engine._tags, engine._places.zones
    lies = {
        goods.urn(row): goods.zones[goods.zone[row]]
        for row in np.flatnonzero(goods.where[: goods.size] == Where.RESTING).tolist()
        if goods.gtin[row] != FOREIGN
    }
    homes = [
        (lies[tags.urns[row]], zones[tags.home[row]])
        for row in np.flatnonzero(~np.isnan(tags.first[: tags.count])).tolist()
        if tags.urns[row] in lies and tags.home[row] >= 0
    ]
    return Placed(sum(lie == home for lie, home in homes), len(homes))


def compared(
    seeds: Sequence[int],
    power: float,
    *,
    shelves: int,
    tags: int,
    planned: bool = False,
    mute: bool = False,
) -> Iterator[dict[str, Placed]]:
    """For each seed the first ten minutes by what is known before them (`KNOWN`)."""
    for seed in seeds:
        plan = random_plan(seed, shelves, tags)
        memories = ({}, walked(plan, 1_000 + seed, power)[0], taught(plan, 2_000 + seed, power))
        yield {
            known: first_minutes(plan, seed, power, memory, planned=planned, mute=mute)
            for known, memory in zip(KNOWN, memories, strict=True)
        }


def run(arguments: list[str] | None = None) -> Iterator[str]:
    """One line a seed, and the ratio over all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=4)
    parser.add_argument("--first", type=int, default=1, help="the first seed")
    parser.add_argument("--shelves", type=int, default=6)
    parser.add_argument("--tags", type=int, default=300)
    parser.add_argument("--power", type=float, default=POWER_DB, help="dB more than usual")
    parser.add_argument("--plan", action="store_true", help="the planogram is known")
    parser.add_argument("--mute", action="store_true", help="readers tell no RSSI")
    chosen = parser.parse_args(arguments or [])
    seeds = range(chosen.first, chosen.first + chosen.seeds)
    kind = {
        "shelves": chosen.shelves,
        "tags": chosen.tags,
        "planned": chosen.plan,
        "mute": chosen.mute,
    }
    done = []
    yield f"{'put wrong, %':<12}" + "".join(f"{known:>14}" for known in KNOWN)
    for seed, placed in zip(seeds, compared(seeds, chosen.power, **kind), strict=True):
        done.append(placed)
        yield f"{'seed ' + str(seed):<12}" + _row([placed[known].wrong for known in KNOWN])
    mean = [float(np.mean([one[known].wrong for one in done])) for known in KNOWN]
    yield f"{'mean':<12}" + _row(mean)
    yield f"{'ratio':<12}" + "".join(f"{one / mean[0]:>14.2f}" for one in mean)


def _row(shares: Sequence[float]) -> str:
    return "".join(f"{100 * share:>14.2f}" for share in shares)
