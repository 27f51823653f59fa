"""What a conversation with a reader tells its shell, and what a store sets on every reader."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Settings:
    """What the store wants of a reader.

    Attributes:
        antennas: numbers as on the reader's case, from 1, in the order of scanning.
        power_dbm: by antenna; an antenna that is not in it keeps the reader's own power.
        round_seconds: how long one antenna is scanned at least before the next has its turn.
        session: Gen2 inventory session, 0 to 3.
    """

    antennas: tuple[int, ...]
    power_dbm: Mapping[int, float] = field(default_factory=dict)
    round_seconds: float = 0.4
    session: int = 0


@dataclass(frozen=True, slots=True)
class Ready:
    """The reader has answered and begins to scan. `facts` are for the page."""

    facts: dict[str, str]


@dataclass(frozen=True, slots=True)
class Read:
    """A tag was heard `n` times. `rssi` is dBm, NaN where the raw value has no documented unit."""

    antenna: int
    epc: bytes
    rssi: float = math.nan
    n: int = 1


@dataclass(frozen=True, slots=True)
class RoundEnded:
    """The antenna was scanned to the end; its reads came before this."""

    antenna: int


@dataclass(frozen=True, slots=True)
class AntennaChanged:
    """The reader sees an antenna on this port, or says that there is none."""

    antenna: int
    connected: bool
    detail: str = ""


Event: TypeAlias = Ready | Read | RoundEnded | AntennaChanged
