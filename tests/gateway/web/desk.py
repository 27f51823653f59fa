"""A small in-memory desk, and a shop to stand in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from drivers.observations import Fact
from gateway.board import Board
from gateway.changes import StockChanged, StockState, ZoneVisits
from gateway.desk import FootfallBucket, LedgerEntry, Reloaded, Sample
from gateway.footfall.engine import FootfallEngine
from gateway.footfall.rules import DoorRule, FootfallRules
from gateway.naming import naming_of
from gateway.requests import (
    AlertAnswer,
    AlertRequest,
    AlertVerdict,
    Hold,
    HoldAnswer,
    HoldRequest,
    HoldState,
    HoldVerdict,
    ManualAct,
    ManualCount,
    NotStored,
    Verdict,
    WalkAct,
    WalkState,
)
from gateway.stock.engine import StockEngine
from gateway.stock.layout import Article, Layout, Zone, ZoneKind
from gateway.web.shop import Shop, ShopArticle, ShopZone

NOW = 1_763_740_800.0  # 2025-11-21T16:00:00Z
SCARF = "03453120000011"
COAT = "03453120000028"
COAT_BLUE = "03453120000035"
STRANGER = "04006381333931"


class MemoryDesk:
    """Keeps what it is told in dictionaries; `full` plays a disk that takes nothing."""

    def __init__(self) -> None:
        self.board = Board()
        self.clock = NOW
        self.full = False
        self.facts: dict[str, Fact] = {}
        self.holds: dict[str, Hold] = {}
        self.alerts: dict[str, AlertRequest] = {}
        self.missing: list[str] = []
        self.asked: list[tuple[float, float, float]] = []
        self.lines: list[LedgerEntry] = []
        self.buckets: list[FootfallBucket] = []
        self.zones: list[ZoneVisits] = []
        self.told: list[Sample] = []
        self.broken = False
        self.left_over: int | None = None
        self.engine = FootfallEngine(FootfallRules(doors={"door-main": DoorRule("door-main")}))
        self.reloaded: Reloaded | None = None
        self.stock = StockEngine(
            Layout(
                zones=tuple(Zone(zone, ZoneKind.SHELF) for zone in ("shelf-a", "shelf-b")),
                antennas={("reader-1", 1): "shelf-a", ("reader-1", 2): "shelf-b"},
                articles={SCARF: Article(SCARF)},
            ),
            naming_of(),
        )

    def now(self) -> float:
        return self.clock

    async def record(self, fact: Fact) -> Verdict:
        if self.full:
            raise NotStored("no space left")
        if fact.id is None:
            return Verdict.NEW
        known = self.facts.setdefault(fact.id, fact)
        if known is fact:
            return Verdict.NEW
        same = replace(known, at=fact.at, t=fact.t) == fact
        return Verdict.KNOWN if same else Verdict.CONFLICT

    async def hold(self, request: HoldRequest) -> HoldAnswer:
        if self.full:
            raise NotStored("no space left")
        free = self.board.stock[request.gtin].available if request.gtin in self.board.stock else 0
        free -= sum(h.qty for h in self.holds.values() if h.state is HoldState.OPEN)
        held = self.holds.get(request.id)
        if held is not None:
            same = (held.gtin, held.qty) == (request.gtin, request.qty)
            return HoldAnswer(HoldVerdict.KNOWN if same else HoldVerdict.CONFLICT, held, free)
        if request.qty > free:
            return HoldAnswer(HoldVerdict.INSUFFICIENT, None, free)
        held = Hold(
            request.id,
            request.gtin,
            request.qty,
            request.channel,
            request.order,
            self.clock,
            self.clock + request.minutes * 60,
            HoldState.OPEN,
        )
        self.holds[request.id] = held
        return HoldAnswer(HoldVerdict.NEW, held, free - request.qty)

    async def collect(self, hold_id: str) -> HoldAnswer:
        return self._end(hold_id, HoldState.COLLECTED)

    async def release(self, hold_id: str) -> HoldAnswer:
        return self._end(hold_id, HoldState.RELEASED)

    async def subscribe(self, request: AlertRequest) -> AlertAnswer:
        if self.full:
            raise NotStored("no space left")
        if "outside" in request.callback:
            return AlertAnswer(AlertVerdict.REFUSED, None, "is no address of the store's network")
        for known in self.alerts.values():
            if replace(known, id=request.id) == request:
                return AlertAnswer(AlertVerdict.KNOWN, known)
        if len(self.alerts) >= 3:
            return AlertAnswer(AlertVerdict.FULL, None)
        self.alerts[request.id] = request
        return AlertAnswer(AlertVerdict.NEW, request)

    async def reset_occupancy(self, value: int) -> int:
        if self.full:
            raise NotStored("no space left")
        before, self.board.occupancy = self.board.occupancy, value
        return before

    def residual(self) -> int | None:
        return self.left_over

    def manual_counts(self) -> Sequence[ManualCount]:
        return self.engine.manual_counts()

    async def count_by_hand(self, door: str, act: ManualAct) -> ManualCount:
        if self.full:
            raise NotStored("no space left")
        return self.engine.manual(door, act, self.clock)

    def walk_state(self) -> WalkState:
        return self.stock.walk_state(self.clock)

    async def walk(self, act: WalkAct) -> WalkState:
        if self.full:
            raise NotStored("no space left")
        return self.stock.walk(act, self.clock)

    async def reload(self) -> Reloaded | None:
        return self.reloaded

    async def unsubscribe(self, alert_id: str) -> bool:
        return self.alerts.pop(alert_id, None) is not None

    def _end(self, hold_id: str, state: HoldState) -> HoldAnswer:
        held = self.holds.get(hold_id)
        if held is None:
            return HoldAnswer(HoldVerdict.MISSING, None)
        if held.state is state:
            return HoldAnswer(HoldVerdict.KNOWN, held)
        if held.state is not HoldState.OPEN:
            return HoldAnswer(HoldVerdict.OVER, held)
        self.holds[hold_id] = replace(held, state=state)
        return HoldAnswer(HoldVerdict.NEW, self.holds[hold_id])

    async def footfall(self, since: float, until: float, step: float) -> Sequence[FootfallBucket]:
        self.asked.append((since, until, step))
        if self.broken:
            raise RuntimeError("a secret of the program")
        return self.buckets

    async def zone_visits(self, since: float, until: float) -> Sequence[ZoneVisits]:
        return [one for one in self.zones if one.since >= since and one.t <= until]

    async def history(self, gtin: str, limit: int) -> Sequence[LedgerEntry]:
        return self.lines[:limit]

    def samples(self) -> Sequence[Sample]:
        return self.told

    def ready(self) -> Sequence[str]:
        return self.missing


def stock(gtin: str, available: int, **more: object) -> StockChanged:
    """An answer of the engine's with `available` of a GTIN."""
    given: dict[str, object] = {
        "on_hand": available,
        "expected": float(available),
        "p_available": 1.0 if available else 0.02,
        "state": StockState.IN_STOCK if available else StockState.OUT_OF_STOCK,
        "zones": {"shelf-a": float(available)} if available else {},
        "heard": NOW - 5,
        "sources": ("tags", "book"),
    }
    return StockChanged(t=NOW, gtin=gtin, available=available, **(given | more))  # type: ignore[arg-type]


def shop(*, open_reading: bool = True) -> Shop:
    """A store with two shelves, a back room and three articles, two of one model."""
    return Shop(
        id="PAR-01",
        name="Paris Rivoli",
        timezone="Europe/Paris",
        currency="EUR",
        zones=(
            ShopZone("shelf-a", "Rayon A"),
            ShopZone("shelf-b", "Rayon B"),
            ShopZone("back", "Réserve", "backroom"),
        ),
        articles={
            SCARF: ShopArticle(SCARF, "Écharpe laine", "Wool scarf"),
            COAT: ShopArticle(COAT, "Manteau rouge", "Red coat", "M1", "taille 38"),
            COAT_BLUE: ShopArticle(COAT_BLUE, "Manteau bleu", "Blue coat", "M1", "taille 40"),
        },
        planogram={("shelf-a", SCARF): 10, ("shelf-b", COAT): 8},
        open_reading=open_reading,
    )
