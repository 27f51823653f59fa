"""The core: the engines side by side behind one door. Pure: observations in, changes out.

The program drives it with the real clock, replay with a capture's own arrival times; neither can
tell it apart, and it cannot tell them apart.
"""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from drivers.observations import Delivery, Device, DeviceState, Observation, Return, Sale, Stocktake
from drivers.pos.digest import fact_digest
from gateway.alerts import BackOnShelf
from gateway.changes import Change, DeviceChanged, Remember
from gateway.conditions import Conditions, Limits
from gateway.footfall.engine import FootfallEngine
from gateway.footfall.rules import FootfallRules
from gateway.health import Health, HealthRules
from gateway.once import Once
from gateway.requests import HoldAnswer, HoldRequest, Verdict, WalkAct, WalkState
from gateway.stock.engine import StockEngine
from gateway.stock.layout import Layout, Naming, ZoneKind

FARTHEST_AHEAD_SECONDS = 3_600.0
"""An observation from further in the future than this is a device's broken clock."""


@dataclass(frozen=True, slots=True)
class CoreRules:
    """All that the engines must know of a store.

    Attributes:
        keep_seconds: how long ids of facts count.
        limits: what is well for fridges and doors, by device id.
    """

    layout: Layout
    footfall: FootfallRules
    health: HealthRules
    keep_seconds: float
    limits: Mapping[str, Limits] = field(default_factory=dict)


class Core:
    """All engines of one store. `faults` counts by `engine/reason` what was not believed."""

    def __init__(self, rules: CoreRules, naming: Naming) -> None:
        self._naming = naming
        self.stock = StockEngine(rules.layout, naming)
        self.footfall = FootfallEngine(rules.footfall)
        self.health = Health(rules.health)
        self.conditions = Conditions(rules.limits)
        self.alerts = BackOnShelf(
            [zone.id for zone in rules.layout.zones if zone.kind is ZoneKind.SHELF]
        )
        self._once = Once(rules.keep_seconds)
        self._own_faults: Counter[str] = Counter()
        self._early: list[Change] = []

    @property
    def faults(self) -> Mapping[str, int]:
        """Counted drops of all engines."""
        rooms = {
            "core": self._own_faults,
            "stock": self.stock.faults,
            "footfall": self.footfall.faults,
            "health": self.health.faults,
        }
        return {f"{room}/{why}": n for room, kept in rooms.items() for why, n in kept.items()}

    def restore(self, memory: Callable[[str], Mapping[str, str]], now: float) -> None:
        """Take back what earlier `Remember` changes kept; `memory` gives it by engine."""
        self._once.restore(memory("once"))
        self.footfall.restore(memory("footfall"))
        self.alerts.restore(memory("alerts"))
        self.stock.restore(dict(memory("stock")), now)

    def observe(self, obs: Observation) -> Verdict:
        """Take one observation; what has no id is always new, what has one counts once."""
        if not _possible(obs):
            self._own_faults["impossible_time"] += 1
            return Verdict.CONFLICT
        verdict = self._judge(obs)
        if verdict is Verdict.NEW:
            self.stock.observe(obs)
            self.footfall.observe(obs)
        else:
            self._own_faults[f"fact_{verdict}"] += 1
        self.health.observe(obs)
        self.conditions.observe(obs)
        return verdict

    def advance(self, now: float) -> list[Change]:
        """What is known at `now` and was not said before, in the order it is to be told."""
        early, self._early = self._early, []
        health = self.health.advance(now)
        changes = [
            *early,
            *health,
            *(_state(one) for one in health if isinstance(one, DeviceChanged)),
            *self.conditions.advance(now),
            *self.stock.advance(now),
            *self.footfall.advance(now),
            *self._once.advance(now),
        ]
        return changes + self.alerts.advance(changes, now)

    def step_clock(self, seconds: float, now: float) -> None:
        """The clock was stepped by `seconds` and says `now`: what lasts goes on, ages stay ages.

        `advance` by the old time before, and by the new one after it.
        """
        self._once.step_clock(seconds)
        self.health.step_clock(seconds)
        self.conditions.step_clock(seconds)
        self.alerts.step_clock(seconds)
        self.footfall.step_clock(seconds, now)
        self.stock.step_clock(seconds, now)

    def remember(self, now: float) -> list[Change]:
        """At an orderly end, after the last `advance`: what engines tell of themselves seldom."""
        return self.stock.remember(now)

    def hold(self, request: HoldRequest, now: float) -> HoldAnswer:
        """Promise goods; `advance` says the changes.

        What was observed before is settled first: the sale of the last one, taken in the same
        instant, must be in the answer.
        """
        self._early += self.stock.advance(now)
        return self.stock.hold(request, now)

    def collect(self, hold_id: str, now: float) -> HoldAnswer:
        """The goods of a hold were handed over."""
        return self.stock.collect(hold_id, now)

    def release(self, hold_id: str, now: float) -> HoldAnswer:
        """A hold is off."""
        return self.stock.release(hold_id, now)

    def walk(self, act: WalkAct, now: float) -> WalkState:
        """A step of the installer's walk."""
        return self.stock.walk(act, now)

    def reset_occupancy(self, value: int, now: float) -> int:
        """Somebody counted the people inside; what was believed before."""
        return self.footfall.reset_occupancy(value, now)

    def lay_out(self, layout: Layout, memory: Mapping[str, str], now: float) -> None:
        """Go on with another layout.

        The stock engine begins anew from its memory, as at a start: `memory` is what was committed,
        and what it says last is laid over it. Where tags are is known again with the next round.
        """
        said = [*self.stock.advance(now), *self.stock.remember(now)]
        self._early += said
        kept = dict(memory)
        for one in said:
            if isinstance(one, Remember) and one.value is not None:
                kept[one.key] = one.value
            elif isinstance(one, Remember):
                kept.pop(one.key, None)
        stock = StockEngine(layout, self._naming)
        stock.faults.update(self.stock.faults)
        stock.restore(kept, now)
        for (name, antenna), watched in self.health.watched.items():
            if watched.offline:
                stock.observe(Device(name, now, now, DeviceState.OFFLINE, antenna))
        self.stock = stock

    def _judge(self, obs: Observation) -> Verdict:
        match obs:
            case Sale() | Return() | Delivery() | Stocktake():
                if obs.id is None:
                    return Verdict.NEW
                kind = type(obs).__name__.lower()
                return self._once.judge(kind, obs.id, fact_digest(obs), obs.at)
            case _:
                return Verdict.NEW


def _state(device: DeviceChanged) -> Remember:
    """A device's last state on disk, for whoever asks while the gateway does not run."""
    name = device.device if device.antenna is None else f"{device.device}/{device.antenna}"
    return Remember("health", name, json.dumps([device.state, device.t, device.detail]))


def _possible(obs: Observation) -> bool:
    """Whether the times of an observation can be true; the columns of reads are judged later."""
    if not math.isfinite(obs.at) or obs.at < 0:
        return False
    match obs:
        case Sale() | Return() | Delivery() | Stocktake():
            return math.isfinite(obs.t)
        case _ if hasattr(obs, "t") and isinstance(obs.t, float):
            return math.isfinite(obs.t) and obs.t <= obs.at + FARTHEST_AHEAD_SECONDS
        case _:
            return True
