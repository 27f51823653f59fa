"""Whether the store's brokers let us in, and let us hear what the store's devices publish.

Under a name and with a session of our own, which the broker forgets: a gateway that runs meanwhile
notices nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

from drivers.ble.forwarded import topic_of
from drivers.mqtt_link import Broker, dial
from drivers.pos.topics import topics_of
from drivers.source import SourceLost
from gateway.cli.answers import Answer
from gateway.config.load import Store
from gateway.till import broker_of, hq_broker


def till_broker(store: Store) -> Iterator[Answer]:
    """The till's broker with all that is heard there; nothing where nobody publishes."""
    topics = tuple(_topics(store))
    if topics:
        yield _tried("till broker", store, broker_of(store), topics)


def hq(store: Store) -> Iterator[Answer]:
    """HQ's broker, where the feed goes by MQTT itself."""
    uplink = store.config.uplink
    if uplink is not None and not uplink.url.startswith(("ws:", "wss:")):
        yield _tried("broker", store, hq_broker(store, uplink), ())


def _topics(store: Store) -> Iterator[str]:
    config = store.config
    if "mqtt" in config.till.sources:
        yield from topics_of(config.store.id)
    yield from (door.topic for door in config.door if door.topic)
    if config.ble.receivers:
        yield topic_of(config.store.id)


def _tried(what: str, store: Store, broker: Broker, topics: tuple[str, ...]) -> Answer:
    async def knock() -> None:
        async with dial(broker, f"shelfcast-check-{store.config.store.id}", kept=False) as link:
            if topics:
                await link.subscribe(topics)

    try:
        asyncio.run(knock())
    except SourceLost as lost:
        return Answer(what, ok=False, detail=str(lost))
    hears = f" and hear {', '.join(topics)}" if topics else ""
    return Answer(what, ok=True, detail=f"{broker} lets us in{hears}")
