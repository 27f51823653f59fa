"""The vocabulary of the shop floor: typed batches, each with event time, arrival time and source.

The kinds of the capture format, and what is told from its adverts. `t` is the event time and `at`
the arrival time, both in seconds since the Unix epoch, UTC; `src` is a device's id from the config.
Tag reads are columns (numpy arrays), not an object a read. Everything else is one small frozen
object an event.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, eq=False)
class TagReads:
    """Reads from one reader, as columns of equal length n, in the reader's order.

    Attributes:
        t: event times, float64[n], seconds UTC.
        antenna: antenna numbers as configured, int32[n].
        epc: EPC memory, uint8[n, width], zero-padded on the right.
        epc_bytes: how many bytes of each row of `epc` count, int32[n] (a multiple of 2).
        rssi: dBm, float32[n]; NaN where the reader did not say.
        n: times read since the last report, int32[n], at least 1.
    """

    src: str
    at: float
    t: NDArray[np.float64]
    antenna: NDArray[np.int32]
    epc: NDArray[np.uint8]
    epc_bytes: NDArray[np.int32]
    rssi: NDArray[np.float32]
    n: NDArray[np.int32]

    def __len__(self) -> int:
        return len(self.t)

    def epcs(self) -> list[bytes]:
        """The EPC memory of each read as bytes (trailing padding taken off)."""
        width = self.epc.shape[1]
        if len(self) and int(self.epc_bytes.min()) == width:
            whole: list[bytes] = np.ascontiguousarray(self.epc).view(f"V{width}").ravel().tolist()
            return whole
        rows = self.epc.tobytes()
        return [
            rows[i * width : i * width + size] for i, size in enumerate(self.epc_bytes.tolist())
        ]


@dataclass(frozen=True, slots=True)
class Round:
    """An antenna finished an inventory round: what it did not read in it, it did not hear."""

    src: str
    t: float
    at: float
    antenna: int


@dataclass(frozen=True, slots=True)
class Advert:
    """One BLE advert of a device on the store's own list (nobody else becomes an observation).

    Attributes:
        beacon: the device's id from the config.
        addr: its address, upper-case with colons; never leaves the store.
        rssi: dBm.
        manufacturer: payload by company id.
        service: payload by UUID (lower-case hex; the 4-digit form where there is one).
    """

    src: str
    t: float
    at: float
    beacon: str
    addr: str
    rssi: float
    manufacturer: Mapping[int, bytes] = field(default_factory=dict)
    service: Mapping[str, bytes] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Count:
    """A door counter's totals since its boot id began: in and out, never negative.

    `groups`: how many groups those who came in were, where the counter sees that; else None.
    """

    src: str
    t: float
    at: float
    boot: int
    entries: int
    exits: int
    groups: int | None = None


@dataclass(frozen=True, slots=True)
class Weight:
    """What lies on a shelf scale, in grams."""

    src: str
    t: float
    at: float
    grams: float


class Quantity(StrEnum):
    """What a `Reading` is about, and its unit."""

    TEMPERATURE = "temperature"
    """°C."""
    OPEN = "open"
    """1 open, 0 closed."""
    UNITS = "units"
    """Units of goods that a device counts by itself."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What a listed device measured. Not in a capture: the advert that said it is."""

    src: str
    t: float
    at: float
    quantity: Quantity
    value: float


@dataclass(frozen=True, slots=True)
class Sighting:
    """A thing that moves about (a basket, never a person's badge) is in a zone.

    Said when that changes and every ten seconds while it is heard; after 45 s without one it is not
    known where the thing is. Not in a capture: the adverts that it was told from are.

    Attributes:
        src: the receiver that heard it last.
        beacon: the thing's id from the config.
        role: what it is for, by the config's word (`basket`).
        zone: None when it is heard, but not known where.
    """

    src: str
    t: float
    at: float
    beacon: str
    role: str
    zone: str | None


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a sale or return: `qty` at least 1, `epc` (hex or URN) where the till knows it.

    `amount`: what was paid for the whole line, in hundredths of the store's currency; None where
    the till does not say, and for goods brought back.
    """

    gtin: str
    qty: int
    epc: str | None = None
    amount: int | None = None


@dataclass(frozen=True, slots=True)
class Sale:
    """Goods sold. `id` is an idempotency key: the same id again changes nothing."""

    src: str
    t: float
    at: float
    id: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Return:
    """Goods brought back by a customer. `id` is an idempotency key."""

    src: str
    t: float
    at: float
    id: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class DeliveryLine:
    """One line of a delivery: `qty` units of which `epcs` (hex or URN) are known one by one."""

    gtin: str
    qty: int
    epcs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Delivery:
    """Goods received into the building. `id` is an idempotency key."""

    src: str
    t: float
    at: float
    id: str
    lines: tuple[DeliveryLine, ...]


@dataclass(frozen=True, slots=True)
class Stocktake:
    """A person counted `qty` of a GTIN in `zone`, or in the whole building when `zone` is None."""

    src: str
    t: float
    at: float
    gtin: str
    qty: int
    zone: str | None = None
    id: str | None = None


class DeviceState(StrEnum):
    """What a device (or one antenna of it) says of itself, or its driver of it."""

    ONLINE = "online"
    OFFLINE = "offline"


@dataclass(frozen=True, slots=True)
class Device:
    """Health of a device, or of one antenna of it. `detail` is a plain sentence for a person."""

    src: str
    t: float
    at: float
    state: DeviceState
    antenna: int | None = None
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Item:
    """One tagged item: pure identity URN and 14-digit GTIN."""

    urn: str
    gtin: str


Fact: TypeAlias = Sale | Return | Delivery | Stocktake
"""What a person or the till said, to be on disk before it is answered."""

Observation: TypeAlias = (
    TagReads
    | Round
    | Advert
    | Count
    | Weight
    | Reading
    | Sighting
    | Sale
    | Return
    | Delivery
    | Stocktake
    | Device
)
