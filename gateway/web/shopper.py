"""An answer in a shopper's words: no count, no doubt spelled out, no "available" that nobody knows.

A shopper hears one of five things. `ask` is what is said when the gateway does not know, or when
what is there is put aside for somebody else: a seller can find out.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum

from gateway.changes import StockChanged, StockState
from gateway.web.context import Web
from gateway.web.shop import Shop, ShopArticle

ON_THE_FLOOR = 0.5
"""Expected units on the shop floor from which on a shopper is sent there."""


class Word(StrEnum):
    """What a shopper is told; the value is the end of the phrase's name in `words`."""

    HERE = "here"
    FEW = "few"
    FETCH = "fetch"
    """It is in the building, but not on the shop floor."""
    NONE = "none"
    ASK = "ask"

    @property
    def certain(self) -> bool:
        """A shopper may count on getting one."""
        return self in (Word.HERE, Word.FEW, Word.FETCH)

    @property
    def chip(self) -> str:
        """The style of its chip: that of the state that it is most like."""
        return {
            Word.HERE: "in_stock",
            Word.FEW: "low",
            Word.FETCH: "in_stock",
            Word.NONE: "out_of_stock",
            Word.ASK: "unknown",
        }[self]


@dataclass(frozen=True, slots=True)
class Offer:
    """An article and what a shopper is told of it."""

    article: ShopArticle
    word: Word

    def label(self, lang: str, title: str) -> str:
        """How it differs from the others of its model: size or colour, else its own name."""
        named = self.article.named(lang)
        own = "" if named == title else named
        return " · ".join(part for part in (own, self.article.attributes) if part) or named


@dataclass(frozen=True, slots=True)
class Model:
    """The articles of one model side by side."""

    title: str
    offers: Sequence[Offer]


def word_of(change: StockChanged | None, floor: Collection[str]) -> Word:
    """What a shopper is told; `floor` are the ids of the zones where shoppers help themselves."""
    if change is None or change.state is StockState.UNKNOWN:
        return Word.ASK
    if change.state is StockState.OUT_OF_STOCK:
        return Word.NONE
    if change.available <= 0:
        return Word.ASK
    there = sum(count for zone, count in change.zones.items() if zone in floor)
    if change.zones and there < ON_THE_FLOOR:
        return Word.FETCH
    return Word.FEW if change.state is StockState.LOW else Word.HERE


def offer(web: Web, gtin: str) -> Offer:
    """The offer of one article of the catalogue."""
    return Offer(web.shop.articles[gtin], word_of(web.desk.board.stock.get(gtin), web.shop.floor))


def available_models(web: Web, lang: str) -> list[Model]:
    """Models of which a shopper can have at least one article now, by name.

    Of such a model the articles that are out are left out; the unknown ones stay, as `ask`.
    """
    models: list[Model] = []
    seen: set[str] = set()
    for gtin in web.shop.by_name[lang]:
        if gtin in seen:
            continue
        together = web.shop.model(gtin)
        seen.update(together)
        offers = [one for one in (offer(web, other) for other in together) if one.word != Word.NONE]
        if any(one.word.certain for one in offers):
            models.append(Model(title_of(web.shop, together, lang), offers))
    return models


def title_of(shop: Shop, gtins: Sequence[str], lang: str) -> str:
    """The name of a model: that of its first article."""
    return shop.articles[gtins[0]].named(lang)
