"""What the stock engine knows of a store: zones, antennas, articles, planogram, promise."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from drivers.observations import Item as Item


class ZoneKind(StrEnum):
    """What a zone is for."""

    SHELF = "shelf"
    BACKROOM = "backroom"
    FITTING = "fitting"
    HOLD = "hold"
    TILL = "till"
    EXIT = "exit"


@dataclass(frozen=True, slots=True)
class Zone:
    """A place that the store has a name for."""

    id: str
    kind: ZoneKind


@dataclass(frozen=True, slots=True)
class Article:
    """A catalogue row as far as counting needs it. `low`: at or below it the state is `low`."""

    gtin: str
    low: int = 0
    safety: int | None = None
    unit_grams: float | None = None


@dataclass(frozen=True, slots=True)
class Scale:
    """A shelf scale: where it stands and what lies on it, `also` beside its first article."""

    zone: str
    gtin: str
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Layout:
    """The store as the engine sees it.

    Attributes:
        antennas: zone id by (reader id, antenna number).
        planogram: capacity by (zone id, GTIN).
        scales: by device id.
        level: promise level, P(on hand >= promised) at least this.
        safety: units kept back of every GTIN unless the article says otherwise.
        stale_after: seconds without evidence after which an answer is no longer sure.
    """

    zones: tuple[Zone, ...]
    antennas: Mapping[tuple[str, int], str] = field(default_factory=dict)
    articles: Mapping[str, Article] = field(default_factory=dict)
    planogram: Mapping[tuple[str, str], int] = field(default_factory=dict)
    scales: Mapping[str, Scale] = field(default_factory=dict)
    level: float = 0.95
    safety: int = 0
    stale_after: float = 600.0


class Naming(Protocol):
    """How EPC memory and written EPCs become items; None for what is no item of ours to count."""

    def of_bytes(self, epc: bytes) -> Item | None:
        """The item of EPC memory content."""

    def of_text(self, epc: str) -> Item | None:
        """The item of an EPC written as hex or as a URN."""
