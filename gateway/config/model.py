"""Every key of `store.toml` with its default, as frozen values.

A section here knows what one key may be. What several keys must be together (zones that exist, ids
that are unique) is judged in `checks`; where a key stands in the file, in `locate`.
Durations are seconds, sizes bytes. An optional text that is empty is None.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Annotated, Any, Literal, TypeAlias
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from gateway.config import values
from gateway.stock.layout import ZoneKind

LLRP_PORT = 5084
LLRP_TLS_PORT = 5085
"""Registered with IANA for LLRP and LLRP over TLS (LLRP 2.0, section 6)."""
CHAINWAY_PORT = 8888

_ID = r"^[A-Za-z0-9-]{1,32}$"
_DEVICE = r"^[A-Za-z0-9_.-]{1,64}$"
_RECEIVER = r"^[A-Za-z0-9_-]{1,32}$"

OWN_RADIOS = ("ble", "ble-dongle")
"""The names, as devices and as the `src` of adverts, of this machine's adapter and second one."""
FORWARDED = "ble-receivers"
"""The name as a device of what hears the store's other receivers."""


def _or_none(value: object) -> object:
    return None if value == "" else value


def _hex(size: int) -> Callable[[str], str]:
    return lambda value: values.hex_of(value, size)


StoreId: TypeAlias = Annotated[str, Field(pattern=_ID)]
Name: TypeAlias = Annotated[str, Field(pattern=_DEVICE)]
Optional: TypeAlias = Annotated[str | None, BeforeValidator(_or_none)]
Secret: TypeAlias = Annotated[str | None, BeforeValidator(_or_none), Field(repr=False)]
Duration: TypeAlias = Annotated[float, BeforeValidator(values.duration)]
Size: TypeAlias = Annotated[int, BeforeValidator(values.size)]
Gtin: TypeAlias = Annotated[str, AfterValidator(values.gtin)]
Gln: TypeAlias = Annotated[str, AfterValidator(values.gln)]
Address: TypeAlias = Annotated[str, AfterValidator(values.address)]
Currency: TypeAlias = Annotated[str, AfterValidator(values.currency)]
TillBroker: TypeAlias = Annotated[str, AfterValidator(values.till_broker_url)]
Raw: TypeAlias = Annotated[int, Field(ge=-0x80_0000, le=0x7F_FFFF)]
"""A reading of a load cell's 24 bits."""
Hours: TypeAlias = Annotated[values.Opening, BeforeValidator(values.opening)]
Date: TypeAlias = Annotated[date, BeforeValidator(values.day)]
Day: TypeAlias = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]


class Section(BaseModel):
    """What all tables of the file share: frozen, and no key that we do not know."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


def _the_id(data: dict[str, Any]) -> str:
    """What has no name of its own is called by its id (absent here when it did not check)."""
    return str(data.get("id", ""))


class StoreSection(Section):
    """`[store]`.

    Attributes:
        hours: by day; a day that is not named has no known hours, `[]` is closed.
        hours_exceptions: by date, instead of that weekday's: holidays, sales, inventories.
    """

    id: StoreId
    name: str = Field(default_factory=_the_id)
    timezone: Annotated[str, AfterValidator(values.timezone)] = "UTC"
    gln: Annotated[Gln | None, BeforeValidator(_or_none)] = None
    hours: Mapping[Day, tuple[Hours, ...]] = Field(default_factory=dict)
    hours_exceptions: Mapping[Date, tuple[Hours, ...]] = Field(default_factory=dict)


class CatalogueSection(Section):
    """`[catalogue]`: two CSV files, named relative to `store.toml`."""

    file: Optional = None
    planogram: Optional = None


class ZoneSection(Section):
    """`[[zone]]`: a place that the store has a name for."""

    id: Name
    kind: ZoneKind = ZoneKind.SHELF
    name: str = Field(default_factory=_the_id)


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
    address: Annotated[Address | None, BeforeValidator(_or_none)] = None
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
    address: Annotated[Address | None, BeforeValidator(_or_none)] = None
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


class MatchSection(Section):
    """What a beacon is known by: one of `ibeacon`, `altbeacon`, `eddystone`, `eid`, `address`.

    `ibeacon` and `altbeacon` need `major` and `minor`, `eddystone` (the namespace) `instance`.
    `eid` is the exponent K of an Eddystone-EID's rotation; it needs `since`, when the beacon's
    clock was at 0, and the beacon's `key_file`.
    """

    ibeacon: Annotated[str, AfterValidator(values.uuid)] | None = None
    altbeacon: Annotated[str, AfterValidator(values.uuid)] | None = None
    major: Annotated[int, Field(ge=0, le=65_535)] | None = None
    minor: Annotated[int, Field(ge=0, le=65_535)] | None = None
    eddystone: Annotated[str, AfterValidator(_hex(10))] | None = None
    instance: Annotated[str, AfterValidator(_hex(6))] | None = None
    eid: Annotated[int, Field(ge=0, le=15)] | None = None
    since: Annotated[float, BeforeValidator(values.moment)] | None = None
    address: Annotated[str, AfterValidator(values.radio_address)] | None = None


class BeaconSection(Section):
    """`[[ble.beacon]]`: a device on the store's own list.

    Attributes:
        also: what else lies on a scale's tray.
        key_file: BTHome or EID key, hex.
        silent_after: silence that is an alert; None is ten minutes, or longer where the device is
            seen to speak seldom.
        warmest, coldest: of a fridge, °C.
        alarm_after: how long a fridge may be beyond them, or an opener open; None is as usual.
        unit_mm: of a pusher that says a distance, the depth of one unit.
        empty_mm: what it says when empty; 0 where the distance grows with the goods.
    """

    id: Name
    role: Literal["staff", "basket", "scale", "fridge", "opener", "pusher"]
    match: MatchSection
    zone: Optional = None
    gtin: Annotated[Gtin | None, BeforeValidator(_or_none)] = None
    also: tuple[Gtin, ...] = ()
    key_file: Optional = None
    silent_after: Duration | None = None
    warmest: Annotated[float, Field(ge=-60, le=60)] | None = None
    coldest: Annotated[float, Field(ge=-60, le=60)] | None = None
    alarm_after: Duration | None = None
    unit_mm: Annotated[float, Field(gt=0, le=1000)] | None = None
    empty_mm: Annotated[float, Field(ge=0, le=5000)] = 0.0


class ReceiverSection(Section):
    """`[[ble.receiver]]`: where a receiver is.

    Attributes:
        id: `ble` for this machine's own adapter, `ble-dongle` for its second one, else the name
            under which a receiver publishes.
        zone: what it hears loudest is there.
        door: it hangs at that door: badges that it hears pass there, and nowhere else.
    """

    id: Annotated[str, Field(pattern=_RECEIVER)]
    zone: Optional = None
    door: Optional = None

    @property
    def src(self) -> str:
        """The `src` of its adverts."""
        return self.id if self.id in OWN_RADIOS else f"{FORWARDED}/{self.id}"


class BleSection(Section):
    """`[ble]`: the Bluetooth scanner and the store's own devices.

    Attributes:
        enabled: whether this machine's own adapter listens.
        dongle: a second adapter that is ours alone, by bumble's name (`usb:0`); None without one.
        receivers: whether other receivers forward what they hear, on the till's broker.
    """

    enabled: bool = True
    receivers: bool = False
    adapter: Annotated[str, Field(pattern=r"^[A-Za-z0-9:_.-]{1,32}$")] = "hci0"
    dongle: Optional = None
    receiver: tuple[ReceiverSection, ...] = ()
    beacon: tuple[BeaconSection, ...] = ()


class TillSection(Section):
    """`[till]`: the ways by which sales come in.

    Attributes:
        folder: watched for files; without a name it is `till` in the data folder.
        mqtt_url: the broker that the till publishes to; without one it is HQ's (with the secrets of
            `[uplink]`), and without that `mqtt://127.0.0.1:1883`.
        currency: of the amounts that the till says, by ISO 4217.
    """

    sources: tuple[Literal["http", "mqtt", "file"], ...] = ("http",)
    folder: Optional = None
    mqtt_url: Annotated[TillBroker | None, BeforeValidator(_or_none)] = None
    mqtt_username: Optional = None
    mqtt_password_file: Optional = None
    mqtt_ca_file: Optional = None
    currency: Currency | None = None

    @property
    def mqtt_host_port(self) -> tuple[str, int]:
        """Host and port of `mqtt_url`, the scheme's own port filled in."""
        parts = urlsplit(self.mqtt_url or "")
        return parts.hostname or "", parts.port or values.BROKER_PORTS[parts.scheme or "mqtt"]


class PromiseSection(Section):
    """`[promise]`: how sure a promise is, what is kept back, when silence makes it unsure."""

    level: Annotated[float, Field(gt=0.5, lt=1)] = 0.95
    safety: Annotated[int, Field(ge=0, le=100_000)] = 0
    stale_after: Duration = 600.0


class WebSection(Section):
    """`[web]`: where page and API are, and whether reading them needs a token.

    `open_callbacks`: alerts may call addresses outside the store's own network.
    """

    listen: Annotated[str, AfterValidator(values.listen)] = "0.0.0.0:8080"
    open_reading: bool = True
    open_callbacks: bool = False

    @property
    def host_port(self) -> tuple[str, int]:
        """Host and port to listen on; port 0 is any free one."""
        host, _, port = self.listen.rpartition(":")
        return host.strip("[]"), int(port)


class UplinkSection(Section):
    """`[uplink]`: the broker that carries the feed to HQ. `password` stands only as `${NAME}`.

    `events`: EPCIS events go up, too.
    """

    url: Annotated[str, AfterValidator(values.broker_url)]
    username: Optional = None
    password: Secret = None
    password_file: Optional = None
    ca_file: Optional = None
    client_cert: Optional = None
    client_key: Optional = None
    shards: Annotated[int, Field(ge=1, le=65_536)] = 1
    ack: Literal["hq", "broker"] = "hq"
    outbox_bytes: Size = 256_000_000
    events: bool = False

    @property
    def tls(self) -> bool:
        """Whether the connection is encrypted."""
        return self.url.startswith(("mqtts:", "wss:"))

    @property
    def host_port(self) -> tuple[str, int]:
        """The broker's host and port, the scheme's own port filled in."""
        parts = urlsplit(self.url)
        return parts.hostname or "", parts.port or values.BROKER_PORTS[parts.scheme]


class PrivacySection(Section):
    """`[privacy]`: the smallest bucket of people that leaves the store; days kept on disk."""

    minimum_count: Annotated[int, Field(ge=0, le=1000)] = 3
    keep_days: Annotated[int, Field(ge=1, le=3650)] = 35


class StoreConfig(Section):
    """The whole of `store.toml`. `uplink` None: the gateway serves the store alone."""

    store: StoreSection
    zone: Annotated[tuple[ZoneSection, ...], Field(min_length=1)]
    catalogue: CatalogueSection = CatalogueSection()
    reader: tuple[ReaderSection, ...] = ()
    door: tuple[DoorSection, ...] = ()
    scale: tuple[ScaleSection, ...] = ()
    ble: BleSection = BleSection(enabled=False)
    till: TillSection = TillSection()
    promise: PromiseSection = PromiseSection()
    web: WebSection = WebSection()
    uplink: UplinkSection | None = None
    privacy: PrivacySection = PrivacySection()


def _connect_to(address: str | None, port: int) -> tuple[str, int] | None:
    if address is None:
        return None
    place = values.host_port(address)
    return place.host, place.port or port
