"""Virtual days: what the devices said and what was true, from the store simulator, in memory."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from drivers.observations import Observation
from gateway.simulate.plan import StorePlan
from gateway.simulate.random_plans import random_plan
from gateway.simulate.scenario import SCENARIOS, Scenario
from gateway.simulate.world import World
from gateway.stock.layout import Article, Item, Layout, Zone, ZoneKind

STEP_SECONDS = 60.0


@dataclass(slots=True)
class Day:
    """One day. `truth`: (t, gtin, on hand, floor), in time order; `units`: true item lines."""

    plan: StorePlan
    start: float
    end: float
    observations: list[Observation]
    truth: list[tuple[float, str, int, int]]
    names: dict[bytes, Item]
    items: list[dict[str, object]] = field(default_factory=list)


class DayNaming:
    """The EPCs of one day."""

    def __init__(self, names: dict[bytes, Item]) -> None:
        self._names = names

    def of_bytes(self, epc: bytes) -> Item | None:
        return self._names.get(epc)

    def of_text(self, epc: str) -> Item | None:
        return None if epc.startswith("urn") else self._names.get(bytes.fromhex(epc))


def make_day(
    scenario: str | Scenario, seed: int, hours: float = 3.0, shelves: int = 6, tags: int = 400,
    **knobs: object,
) -> Day:  # fmt: skip
    """A virtual day of a shop made by chance."""
    chosen = SCENARIOS[scenario] if isinstance(scenario, str) else scenario
    chosen = replace(chosen, **knobs)  # type: ignore[arg-type]
    world = World(random_plan(seed, shelves, tags), seed, chosen)
    plan = world.plan
    end = world.start + hours * 3600.0
    day = Day(plan, world.start, end, [], [], {})
    while world.shop.now < end:
        step = world.step(min(world.shop.now + STEP_SECONDS, end))
        day.observations += step.observations()
        for line in step.truth:
            if line["kind"] == "stock":
                day.truth.append((line["t"], line["gtin"], line["on_hand"], line["floor"]))  # type: ignore[arg-type]
            elif line["kind"] == "item":
                day.items.append(line)
    goods = world.shop.goods
    for row in range(goods.size):
        if goods.gtin[row] >= 0:
            gtin = goods.gtins[goods.gtin[row]]
            day.names[goods.epc[row].tobytes()] = Item(goods.urn(row), gtin)
    return day


def layout_of(plan: StorePlan) -> Layout:
    """What the engine may know of a virtual store."""
    return Layout(
        zones=tuple(Zone(zone.id, ZoneKind(zone.kind)) for zone in plan.zones),
        antennas={(a.reader, a.number): a.zone for a in plan.antennas},
        articles={a.gtin: Article(a.gtin) for a in plan.articles},
        planogram=dict(plan.planogram),
    )
