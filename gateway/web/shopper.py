"""An answer in a shopper's words: no count, no doubt spelled out, no "available" that nobody knows.

A shopper hears one of five things. `ask` is what is said when the gateway does not know, or when
what is there is put aside for somebody else: a seller can find out.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import takewhile

from gateway.changes import StockChanged, StockState
from gateway.web.context import Web
from gateway.web.shop import Shop, ShopArticle

_BETWEEN = " ,;·/-–("
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
    """An article, how it differs from the others of its model, and what a shopper is told of it."""

    article: ShopArticle
    label: str
    word: Word


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


def model_of(web: Web, gtin: str, lang: str) -> Model:
    """The whole model of an article of the catalogue, as a shopper is told of it."""
    together = web.shop.model(gtin)
    title, labels = names_of(web.shop, together, lang)
    stock, floor = web.desk.board.stock, web.shop.floor
    offers = [
        Offer(web.shop.articles[other], labels[other], word_of(stock.get(other), floor))
        for other in together
    ]
    return Model(title, offers)


def available_models(web: Web, lang: str) -> list[Model]:
    """Models of which a shopper can have at least one article now, by name.

    Of such a model the articles that are out are left out; the unknown ones stay, as `ask`.
    """
    models: list[Model] = []
    seen: set[str] = set()
    for gtin in web.shop.by_name[lang]:
        if gtin in seen:
            continue
        seen.update(web.shop.model(gtin))
        model = model_of(web, gtin, lang)
        offers = [one for one in model.offers if one.word != Word.NONE]
        if any(one.word.certain for one in offers):
            models.append(Model(model.title, offers))
    return models


def names_of(shop: Shop, gtins: Sequence[str], lang: str) -> tuple[str, dict[str, str]]:
    """What the articles of one model have in common, and by GTIN what each has of its own.

    Catalogues say sizes and colours in the name, in the attributes, or in both: the title is what
    the names begin with together; attributes are said only where the names do not differ.
    """
    named = {gtin: shop.articles[gtin].named(lang) for gtin in gtins}
    names = list(named.values())
    title = _together(names)
    if not title:
        title = names[0]
        return title, {gtin: _label(shop, gtin, name, title) for gtin, name in named.items()}
    own = {gtin: name[len(title) :].strip(_BETWEEN) for gtin, name in named.items()}
    return title, {
        gtin: own[gtin] or _label(shop, gtin, name, name) for gtin, name in named.items()
    }


def _together(names: Sequence[str]) -> str:
    """What all names begin with, in whole words; empty where they are one or differ at once."""
    first, last = min(names), max(names)
    if first == last:
        return ""
    # In the order of text the first and the last differ the soonest.
    shared = "".join(a for a, _ in takewhile(lambda pair: pair[0] == pair[1], zip(first, last)))  # noqa: B905 - to the shorter's end
    if any(len(name) > len(shared) and name[len(shared)] not in _BETWEEN for name in names):
        shared = shared[: max(shared.rfind(mark) for mark in _BETWEEN) + 1]
    return shared.strip(_BETWEEN)


def _label(shop: Shop, gtin: str, name: str, title: str) -> str:
    own = "" if name == title else name
    return " · ".join(part for part in (own, shop.articles[gtin].attributes) if part) or name
