"""Readers, door counters and shelf scales in `store.toml`."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from gateway.config import values
from gateway.config.section import (
    Address,
    Gtin,
    Name,
    Optional,
    Raw,
    Secret,
    Section,
    none_if_empty,
)

LLRP_PORT = 5084
LLRP_TLS_PORT = 5085
"""Registered with IANA for LLRP and LLRP over TLS (LLRP 2.0, section 6)."""
CHAINWAY_PORT = 8888


class AntennaSection(Section):
    """`[[reader.antenna]]`: what it hears lies in `zone`. `power_dbm` overrides the reader's."""

    number: Annotated[int, Field(ge=1, le=255)]
    zone: str
    power_dbm: Annotated[float, Field(ge=-10, le=36)] | None = None


class ReaderSection(Section):
    """`[[reader]]`: a UHF reader on the network (`address`) or on a serial port (`port`).

    Attributes:
        baud: None is what readers of this driver leave the factory with.
        session: the Gen2 inventory session.
        round_ms: how long one antenna is scanned before the next.
        mode: how an llrp reader speaks with tags (`drivers.rfid.llrp.modes`).
        trigger: the input of an llrp reader that is closed while it is to scan; None scans always.
        region: whose radio rules an m6e or m100 obeys; None leaves the module's own.
    """

    id: Name
    driver: Literal["llrp", "m100", "a0", "uhf288", "m6e", "chainway"] = "llrp"
    address: Annotated[Address | None, BeforeValidator(none_if_empty)] = None
    port: Optional = None
    baud: Annotated[int, Field(ge=1200, le=4_000_000)] | None = None
    tls: bool = False
    power_dbm: Annotated[float, Field(ge=-10, le=36)] | None = None
    session: Annotated[int, Field(ge=0, le=3)] | None = None
    round_ms: Annotated[int, Field(ge=10, le=60_000)] | None = None
    mode: Annotated[str | int | None, BeforeValidator(values.rf_mode)] = None
    trigger: Annotated[int, Field(ge=1, le=64)] | None = None
    region: Literal["na", "in", "jp", "prc", "eu", "kr", "au", "nz"] | None = None
    antenna: tuple[AntennaSection, ...] = ()

    @property
    def host_port(self) -> tuple[str, int] | None:
        """Where to connect, the driver's port filled in; None on a serial port."""
        if self.driver == "chainway":
            return _connect_to(self.address, CHAINWAY_PORT)
        return _connect_to(self.address, LLRP_TLS_PORT if self.tls else LLRP_PORT)


class DoorSection(Section):
    """`[[door]]`: a people counter.

    Attributes:
        calibration: counted × this = people, as found on site.
        invert: the sensor hangs the other way round: its in is our out.
        unit: the line, logic or pins inside the sensor, or its serial number where it calls us; of
            our own counter its unit number, so that no other one on its port is counted.
        topic: where the counter publishes, on the till's broker; else it calls us over HTTP.
    """

    id: Name
    driver: Literal["shelfcast", "milesight", "xovis", "axis", "gpio"] = "shelfcast"
    port: Optional = None
    address: Annotated[Address | None, BeforeValidator(none_if_empty)] = None
    baud: Annotated[int, Field(ge=1200, le=4_000_000)] = 57_600
    unit: Optional = None
    topic: Optional = None
    calibration: Annotated[float, Field(gt=0, le=10)] = 1.0
    invert: bool = False
    username: Optional = None
    password: Secret = None
    password_file: Optional = None
    token: Secret = None
    token_file: Optional = None

    @property
    def host_port(self) -> tuple[str, int] | None:
        """Where to connect, HTTP's port filled in; None when there is no address."""
        return _connect_to(self.address, 80)


class ScaleSection(Section):
    """`[[scale]]`: a load cell on a board of ours, by itself or on a door counter's wire.

    Attributes:
        cell: its number on the board.
        empty: raw reading of the empty tray, `loaded` with `grams` on it. None of the three: not
            calibrated, so it says no weight.
        tare: raw reading of the empty tray since it was moved; None is `empty`.
        also: what else lies on the same tray.
    """

    id: Name
    port: Annotated[str, Field(min_length=1)]
    baud: Annotated[int, Field(ge=1200, le=4_000_000)] = 57_600
    cell: Annotated[int, Field(ge=0, le=255)] = 0
    zone: str
    gtin: Gtin
    also: tuple[Gtin, ...] = ()
    empty: Raw | None = None
    loaded: Raw | None = None
    grams: Annotated[float, Field(gt=0, le=1_000_000)] | None = None
    tare: Raw | None = None


def _connect_to(address: str | None, port: int) -> tuple[str, int] | None:
    if address is None:
        return None
    place = values.host_port(address)
    return place.host, place.port or port
