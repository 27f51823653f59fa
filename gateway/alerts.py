"""Tell me when it is back on the shelf: who asked, and when the moment has come.

Pure. Hears every answer of the stock engine and decides when a GTIN went from none on the shop
floor to some. A subscription that was made while there is some waits until there was none. It is
said once; then it is due until whoever delivers says that it was, and is forgotten. How it is
delivered is not known here (see `gateway.herald`).
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace

from gateway.changes import Alert, Change, Remember, StockChanged, StockState
from gateway.requests import AlertAnswer, AlertRequest, AlertVerdict

ENGINE = "alerts"
KIND = "back_on_shelf"
"""The kind of the `Alert` that carries the topics of those who are told by the feed."""
SUBSCRIPTIONS_MOST = 2_000
KEPT_SECONDS = 90 * 86_400.0
"""Who was not told after a season does not wait any more."""
ON_THE_FLOOR = 0.5
"""Expected units on the shop floor from which on there is some."""


@dataclass(frozen=True, slots=True)
class Back:
    """What is to be told: the answer that a GTIN came back with."""

    t: float
    state: str
    available: int


@dataclass(frozen=True, slots=True)
class Subscription:
    """One who wants to be told. `armed`: there was none since; `back`: it is due, and why."""

    asked: AlertRequest
    created: float
    armed: bool
    back: Back | None = None


class BackOnShelf:
    """All subscriptions of a store; `floor` are the zones where shoppers help themselves.

    Attributes:
        counts: `told` (due), `finished`, `given_up`, `expired`, `unreadable_memory`.
    """

    def __init__(self, floor: Collection[str]) -> None:
        self.counts: Counter[str] = Counter()
        self._floor = frozenset(floor)
        self._kept: dict[str, Subscription] = {}
        self._by_gtin: dict[str, dict[str, None]] = {}
        self._some: dict[str, bool] = {}
        self._said: list[Change] = []

    def restore(self, memory: Mapping[str, str]) -> None:
        """Take back what earlier `Remember` changes kept; what is due for the feed is said anew."""
        for _, text in sorted(memory.items()):
            try:
                self._index(_read(json.loads(text)))
            except (ValueError, TypeError, KeyError):
                self.counts["unreadable_memory"] += 1
        for one in self.due():
            if one.asked.topic and one.back is not None:
                self._said.append(self._alert(one.asked.gtin, one.back.t))

    def subscribe(self, asked: AlertRequest, now: float) -> AlertAnswer:
        """Wait for `asked.gtin`; the same wish of the same target is one subscription."""
        for one in self._of(asked.gtin):
            if replace(one.asked, id=asked.id) == asked and one.back is None:
                return AlertAnswer(AlertVerdict.KNOWN, one.asked)
        if len(self._kept) >= SUBSCRIPTIONS_MOST:
            return AlertAnswer(AlertVerdict.FULL, None)
        self._keep(Subscription(asked, now, armed=not self._some.get(asked.gtin, False)))
        return AlertAnswer(AlertVerdict.NEW, asked)

    def unsubscribe(self, alert_id: str) -> bool:
        """Whether there was such a subscription."""
        known = alert_id in self._kept
        if known:
            self._forget(alert_id)
        return known

    def step_clock(self, seconds: float) -> None:
        """The clock was stepped by `seconds`: nobody has waited longer for it."""
        for one in list(self._kept.values()):
            back = one.back and replace(one.back, t=one.back.t + seconds)
            self._keep(replace(one, created=one.created + seconds, back=back))

    def advance(self, changes: Iterable[Change], now: float) -> list[Change]:
        """Hear `changes`, in their order; what to keep, and the alerts for those told by topic."""
        for change in changes:
            if isinstance(change, StockChanged):
                self._hear(change)
        for alert_id in [key for key, one in self._kept.items() if _old(one, now)]:
            self.counts["expired"] += 1
            self._forget(alert_id)
        said, self._said = self._said, []
        return said

    def due(self) -> list[Subscription]:
        """Who is to be told and was not yet, oldest first."""
        waiting = [one for one in self._kept.values() if one.back is not None]
        return sorted(waiting, key=lambda one: (one.created, one.asked.id))

    def finish(self, alert_id: str, *, told: bool) -> None:
        """The subscription is over: told, or given up."""
        if alert_id in self._kept:
            self.counts["finished" if told else "given_up"] += 1
            self._forget(alert_id)

    def __len__(self) -> int:
        return len(self._kept)

    def _hear(self, stock: StockChanged) -> None:
        if stock.state is StockState.UNKNOWN:
            return
        some = self._on_the_floor(stock)
        self._some[stock.gtin] = some
        told = False
        for one in self._of(stock.gtin):
            if one.back is not None:
                continue
            if some and one.armed:
                self.counts["told"] += 1
                self._keep(replace(one, back=Back(stock.t, stock.state.value, stock.available)))
                told = told or bool(one.asked.topic)
            elif not some and not one.armed:
                self._keep(replace(one, armed=True))
        if told:
            self._said.append(self._alert(stock.gtin, stock.t))

    def _on_the_floor(self, stock: StockChanged) -> bool:
        if stock.state is StockState.OUT_OF_STOCK:
            return False
        # A store that told us of no shelf has no floor to look at: in the building is enough.
        there = sum(count for zone, count in stock.zones.items() if zone in self._floor)
        return there >= ON_THE_FLOOR or not self._floor

    def _alert(self, gtin: str, t: float) -> Alert:
        """The alert of a GTIN with all topics that are due; its end when none is."""
        due = [one.asked.topic for one in self._of(gtin) if one.asked.topic and one.back]
        return Alert(t, KIND, gtin, " ".join(sorted(set(due))), over=not due)

    def _of(self, gtin: str) -> list[Subscription]:
        return [self._kept[alert_id] for alert_id in self._by_gtin.get(gtin, ())]

    def _index(self, one: Subscription) -> None:
        self._kept[one.asked.id] = one
        self._by_gtin.setdefault(one.asked.gtin, {})[one.asked.id] = None

    def _keep(self, one: Subscription) -> None:
        self._index(one)
        self._said.append(Remember(ENGINE, one.asked.id, json.dumps(_written(one))))

    def _forget(self, alert_id: str) -> None:
        gone = self._kept.pop(alert_id)
        waiting = self._by_gtin[gone.asked.gtin]
        del waiting[alert_id]
        if not waiting:
            del self._by_gtin[gone.asked.gtin]
        self._said.append(Remember(ENGINE, alert_id, None))
        if gone.asked.topic and gone.back is not None:
            self._said.append(self._alert(gone.asked.gtin, gone.back.t))


def _old(one: Subscription, now: float) -> bool:
    return now - one.created > KEPT_SECONDS


def _written(one: Subscription) -> list[object]:
    asked, back = one.asked, one.back
    told = None if back is None else [back.t, back.state, back.available]
    return [asked.id, asked.gtin, asked.callback, asked.topic, one.created, one.armed, told]


def _read(said: list[object]) -> Subscription:
    match said:
        case [str(name), str(gtin), str(callback), str(topic), float(created), bool(armed), told]:
            asked = AlertRequest(name, gtin, callback, topic)
        case _:
            raise ValueError("not a subscription")
    match told:
        case None:
            return Subscription(asked, created, armed)
        case [float(t), str(state), int(available)]:
            return Subscription(asked, created, armed, Back(t, state, available))
        case _:
            raise ValueError("not a subscription")
