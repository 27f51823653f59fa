"""What pages and API know of the store beside its live state: names, zones, articles, shelf space.

The program makes a `Shop` from its config; nothing here reads a file.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from zoneinfo import ZoneInfo

LANGS = ("fr", "en")
"""The languages in which the catalogue may name an article."""


@dataclass(frozen=True, slots=True)
class ShopZone:
    """A place with a name. `kind` is a word of `gateway.stock.layout.ZoneKind`."""

    id: str
    name: str
    kind: str = "shelf"


@dataclass(frozen=True, slots=True)
class ShopArticle:
    """A catalogue row as people read it. `gtin` has 14 digits; `variant_of` names its model."""

    gtin: str
    name: str
    name_en: str = ""
    variant_of: str = ""
    attributes: str = ""

    def named(self, lang: str) -> str:
        """Its name in `lang`, in the catalogue's own language where there is no other."""
        return self.name_en if lang == "en" and self.name_en else self.name


@dataclass(frozen=True)
class Shop:
    """One store.

    Attributes:
        timezone: an IANA name; "today" begins at midnight there.
        articles: the catalogue by 14-digit GTIN.
        planogram: capacity by (zone id, GTIN).
        open_reading: who is on the store's network may read without a token.
        minimum_count: fewer baskets than this are not told of, nor the mean of fewer tickets.
        currency: what the till's amounts are in, by ISO 4217; None where nobody said.
    """

    id: str
    name: str
    timezone: str = "UTC"
    zones: tuple[ShopZone, ...] = ()
    articles: Mapping[str, ShopArticle] = field(default_factory=dict)
    planogram: Mapping[tuple[str, str], int] = field(default_factory=dict)
    open_reading: bool = False
    minimum_count: int = 3
    currency: str | None = None

    @cached_property
    def zone(self) -> Mapping[str, ShopZone]:
        """Zones by id."""
        return {zone.id: zone for zone in self.zones}

    @cached_property
    def floor(self) -> frozenset[str]:
        """Ids of the zones where shoppers help themselves."""
        return frozenset(zone.id for zone in self.zones if zone.kind == "shelf")

    @cached_property
    def clock(self) -> ZoneInfo:
        """The store's time zone."""
        return ZoneInfo(self.timezone)

    @cached_property
    def ordered(self) -> tuple[str, ...]:
        """Every GTIN of the catalogue, ascending: the order of pages and cursors."""
        return tuple(sorted(self.articles))

    @cached_property
    def capacity(self) -> Mapping[str, int]:
        """Shelf space by zone, all articles together; zones without a planogram left out."""
        sums: dict[str, int] = {}
        for (zone, _), units in self.planogram.items():
            sums[zone] = sums.get(zone, 0) + units
        return sums

    @cached_property
    def planned(self) -> frozenset[str]:
        """GTINs that have a place in the planogram."""
        return frozenset(gtin for _, gtin in self.planogram)

    @cached_property
    def places(self) -> Mapping[str, int]:
        """How many articles have a place in each zone, by zone."""
        counts: dict[str, int] = {}
        for zone, _ in self.planogram:
            counts[zone] = counts.get(zone, 0) + 1
        return counts

    @cached_property
    def by_name(self) -> Mapping[str, tuple[str, ...]]:
        """By language every GTIN, those with a place first, in the order of their names."""
        return {lang: tuple(sorted(self.articles, key=self._name_order(lang))) for lang in LANGS}

    def _name_order(self, lang: str) -> Callable[[str], tuple[bool, str, str]]:
        def order(gtin: str) -> tuple[bool, str, str]:
            row = self.articles[gtin]
            words = folded(f"{row.named(lang)} {row.attributes}")
            return gtin not in self.planned, words, gtin

        return order

    @cached_property
    def _models(self) -> Mapping[str, tuple[str, ...]]:
        models: dict[str, list[str]] = {}
        for gtin in self.ordered:
            models.setdefault(self.articles[gtin].variant_of or gtin, []).append(gtin)
        return {model: tuple(gtins) for model, gtins in models.items()}

    @cached_property
    def _words(self) -> Mapping[str, str]:
        return {
            gtin: folded(f"{row.name} {row.name_en} {row.attributes} {gtin}")
            for gtin, row in self.articles.items()
        }

    def variants(self, gtin: str) -> tuple[str, ...]:
        """The other GTINs of the same model, ascending; the model's own GTIN is one of them."""
        row = self.articles.get(gtin)
        if row is None:
            return ()
        return tuple(other for other in self._models[row.variant_of or gtin] if other != gtin)

    def model(self, gtin: str) -> tuple[str, ...]:
        """Every GTIN of the model of an article of the catalogue, its own among them, ascending."""
        return self._models[self.articles[gtin].variant_of or gtin]

    def matches(self, gtin: str, words: str) -> bool:
        """Every word of `words` (already folded) stands in the article's names or GTIN."""
        return not words or all(word in self._words[gtin] for word in words.split())


def folded(text: str) -> str:
    """`text` for searching: no case, no accents."""
    plain = unicodedata.normalize("NFKD", text)
    return "".join(c for c in plain if not unicodedata.combining(c)).casefold()
