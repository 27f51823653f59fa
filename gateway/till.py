"""From `[till]` to the sources that hear the till, and the teller that they are given.

HTTP is no source: it comes in by the page's own door.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection
from pathlib import Path

from drivers.mqtt_link import Broker
from drivers.observations import Fact, Stocktake
from drivers.pos.folder import FolderSource
from drivers.pos.mqtt_source import MqttTillSource
from drivers.pos.telling import Answer, NotNow, Refused, Teller
from drivers.source import Source
from gateway.config.load import Store
from gateway.config.model import UplinkSection
from gateway.requests import NotStored, Verdict

FOLDER, MQTT = "till-file", "till-mqtt"
"""The two sources' names as devices."""
DEFAULT_FOLDER = "till"
"""In the data folder: the one place that the service may always write to."""
LOCAL_BROKER = ("127.0.0.1", 1883)


class TillDesk:
    """A `Teller` in front of the desk: its verdicts in the drivers' words.

    A GTIN that the catalogue does not have refuses nothing (see `gateway.web.facts`); a stocktake
    of a zone that is not there is refused.
    """

    def __init__(
        self, record: Callable[[Fact], Awaitable[Verdict]], zones: Collection[str]
    ) -> None:
        self._record = record
        self._zones = frozenset(zones)

    async def record(self, fact: Fact) -> Answer:
        """Take a fact; comes back when it is on disk. Raises `NotNow` or `Refused`."""
        if isinstance(fact, Stocktake) and fact.zone not in {None, *self._zones}:
            raise Refused(f"zone: {fact.zone} is no zone of this store")
        try:
            verdict = await self._record(fact)
        except NotStored as error:
            raise NotNow(str(error)) from error
        return Answer(verdict.value)


def till_sources_of(store: Store, data: Path, teller: Teller) -> list[Source]:
    """A source for each of `[till] sources` that is one.

    Not among `devices.sources_of`: a recorder beside the gateway must not take the till's files.
    """
    till = store.config.till
    sources: list[Source] = []
    if "file" in till.sources:
        folder = store.path(till.folder) if till.folder else data / DEFAULT_FOLDER
        sources.append(FolderSource(FOLDER, folder, teller, make=till.folder is None))
    if "mqtt" in till.sources:
        sources.append(MqttTillSource(MQTT, store.config.store.id, broker_of(store), teller))
    return sources


def broker_of(store: Store) -> Broker:
    """The till's broker: its own, else HQ's, else one on this machine."""
    till, uplink = store.config.till, store.config.uplink

    def named(name: str | None) -> Path | None:
        return store.path(name) if name else None

    if till.mqtt_url is not None:
        host, port = till.mqtt_host_port
        return Broker(
            host,
            port,
            tls=till.mqtt_url.startswith("mqtts:"),
            username=till.mqtt_username or "",
            password_file=named(till.mqtt_password_file),
            ca_file=named(till.mqtt_ca_file),
        )
    return Broker(*LOCAL_BROKER) if uplink is None else hq_broker(store, uplink)


def hq_broker(store: Store, uplink: UplinkSection) -> Broker:
    """HQ's broker, as one that devices publish to."""

    def named(name: str | None) -> Path | None:
        return store.path(name) if name else None

    return Broker(
        *uplink.host_port,
        tls=uplink.tls,
        username=uplink.username or "",
        password=uplink.password or "",
        password_file=named(uplink.password_file),
        ca_file=named(uplink.ca_file),
        client_cert=named(uplink.client_cert),
        client_key=named(uplink.client_key),
    )
