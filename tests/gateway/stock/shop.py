"""A small layout and shorthand for observations, shared by the stock engine's tests."""

from __future__ import annotations

import numpy as np

from drivers.gtin import check_digit
from drivers.observations import (
    Delivery,
    DeliveryLine,
    Line,
    Return,
    Round,
    Sale,
    Stocktake,
    TagReads,
)
from gateway.changes import Change, ItemEvent, StockChanged
from gateway.requests import HoldRequest
from gateway.stock.engine import StockEngine
from gateway.stock.layout import Article, Item, Layout, Scale, Zone, ZoneKind

T0 = 1_763_740_800.0


def gtin(number: int) -> str:
    body = f"0345312{number:06d}"
    return body + str(check_digit(body))


def epc(article: int, serial: int) -> str:
    return f"30{article:010X}{serial:012X}"


class HexNaming:
    """EPCs of these tests: header 30, article, serial; everything else is foreign."""

    def of_bytes(self, epc: bytes) -> Item | None:
        return self.of_text(epc.hex().upper())

    def of_text(self, epc: str) -> Item | None:
        if len(epc) != 24 or not epc.startswith("30"):
            return None
        try:
            article, serial = int(epc[2:12], 16), int(epc[12:], 16)
        except ValueError:
            return None
        if article > 999_999:
            return None
        return Item(f"urn:epc:id:sgtin:{article}.{serial}", gtin(article))


ZONES = (
    Zone("shelf-a", ZoneKind.SHELF),
    Zone("shelf-b", ZoneKind.SHELF),
    Zone("back", ZoneKind.BACKROOM),
    Zone("till", ZoneKind.TILL),
    Zone("exit", ZoneKind.EXIT),
)


def layout(*, exits: bool = True, readers: bool = True, articles: int = 5, low: int = 0) -> Layout:
    antennas = {("r", 1): "shelf-a", ("r", 2): "shelf-b", ("r", 3): "back", ("r", 4): "till"}
    if exits:
        antennas["r", 5] = "exit"
    return Layout(
        zones=ZONES,
        antennas=antennas if readers else {},
        articles={gtin(n): Article(gtin(n), low=low, unit_grams=250.0) for n in range(articles)},
        planogram={("shelf-a", gtin(n)): 10 for n in range(articles)},
        scales={"s": Scale("shelf-b", gtin(4))},
    )


def reads(t: float, *heard: tuple[int, str], src: str = "r", at: float | None = None) -> TagReads:
    """Reads at `t`: (antenna, epc hex)."""
    n = len(heard)
    memory = np.array([list(bytes.fromhex(text)) for _, text in heard], np.uint8).reshape(n, -1)
    return TagReads(
        src,
        t if at is None else at,
        np.full(n, t),
        np.array([antenna for antenna, _ in heard], np.int32),
        memory,
        np.full(n, memory.shape[1], np.int32),
        np.full(n, -60, np.float32),
        np.ones(n, np.int32),
    )


class Shop:
    """An engine with a clock: each second, tags lying before antennas are read with a chance."""

    def __init__(self, engine: StockEngine, seed: int = 1, rate: float = 0.6) -> None:
        self.engine, self.rate = engine, rate
        self.t = T0
        self.where: dict[str, int] = {}
        self.antennas: tuple[int, ...] = (1, 2, 3, 4, 5)
        self.random = np.random.default_rng(seed)
        self.stock: dict[str, StockChanged] = {}
        self.items: list[ItemEvent] = []
        self.changes: list[Change] = []

    def run(self, seconds: int) -> list[Change]:
        said: list[Change] = []
        for _ in range(seconds):
            heard = [
                (antenna, tag)
                for tag, antenna in self.where.items()
                if antenna in self.antennas and self.random.random() < self.rate
            ]
            if heard:
                self.engine.observe(reads(self.t + 0.4, *heard))
            for antenna in self.antennas:
                self.engine.observe(Round("r", self.t + 0.9, self.t + 0.9, antenna))
            self.t += 1
            said += self.advance()
        return said

    def advance(self) -> list[Change]:
        changes = self.engine.advance(self.t)
        for change in changes:
            if isinstance(change, StockChanged):
                self.stock[change.gtin] = change
            if isinstance(change, ItemEvent):
                self.items.append(change)
        self.changes += changes
        return changes

    def sell(self, article: int, qty: int = 1, tag: str | None = None) -> None:
        line = Line(gtin(article), qty, tag)
        self.engine.observe(Sale("till", self.t, self.t, f"S{self.t}{article}", (line,)))
        self.advance()

    def bring_back(self, article: int, qty: int = 1) -> None:
        self.engine.observe(
            Return("till", self.t, self.t, f"R{self.t}", (Line(gtin(article), qty),))
        )
        self.advance()

    def deliver(self, article: int, qty: int, *tags: str) -> None:
        line = DeliveryLine(gtin(article), qty, tags)
        self.engine.observe(Delivery("bo", self.t, self.t, f"D{self.t}{article}", (line,)))
        self.advance()

    def count(self, article: int, qty: int, zone: str | None = None) -> None:
        self.engine.observe(Stocktake("bo", self.t, self.t, gtin(article), qty, zone))
        self.advance()

    def hold(self, article: int, qty: int = 1, hold_id: str = "h") -> HoldRequest:
        return HoldRequest(hold_id, gtin(article), qty, 30.0)


def shop(seed: int = 1, **kind: bool) -> Shop:
    return Shop(StockEngine(layout(**kind), HexNaming()), seed)
