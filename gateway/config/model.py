"""Every key of `store.toml` with its default, as frozen values.

A section here, and in `model_devices` and `model_ble`, knows what one key may be. What several keys
must be together (zones that exist, ids that are unique) is judged in `checks`; where a key stands
in the file, in `locate`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field

from gateway.config import values
from gateway.config.model_ble import BleSection
from gateway.config.model_devices import DoorSection, ReaderSection, ScaleSection
from gateway.config.section import (
    Currency,
    Date,
    Day,
    Duration,
    Gln,
    Hours,
    Name,
    Optional,
    Secret,
    Section,
    Size,
    StoreId,
    TillBroker,
    none_if_empty,
)
from gateway.stock.layout import ZoneKind


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
    gln: Annotated[Gln | None, BeforeValidator(none_if_empty)] = None
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
    mqtt_url: Annotated[TillBroker | None, BeforeValidator(none_if_empty)] = None
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
