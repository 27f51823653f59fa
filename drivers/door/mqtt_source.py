"""Counters that publish: bodies from a broker's topics to the doors that they are for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager
from typing import TypeAlias

from drivers.door.report import BodyWrong
from drivers.mqtt_link import Broker, Incoming, MqttLink, dial
from drivers.observations import Device, DeviceState
from drivers.source import Clock, Emit

AGAIN_SECONDS = 1.0

Take: TypeAlias = Callable[[bytes, float], bool]
"""`PushDoor.take`: false while the door's source does not run."""
Dial: TypeAlias = Callable[[Broker, str], AbstractAsyncContextManager[MqttLink]]


class MqttDoors:
    """The topics of all counters that publish.

    Args:
        name: the source's id.
        store: the store's id; the broker keeps the session `shelfcast-doors-{store}`.
        broker: where the topics are.
        takes: by topic, the door that takes its bodies.
        open_link: opens a connection; aiomqtt's by default.
    """

    def __init__(
        self,
        name: str,
        store: str,
        broker: Broker,
        takes: Mapping[str, Take],
        *,
        open_link: Dial = dial,
    ) -> None:
        self.name = name
        self.faults: Counter[str] = Counter()
        self.facts: dict[str, str] = {"broker": str(broker), "topics": ", ".join(takes)}
        self._client = f"shelfcast-doors-{store}"
        self._broker, self._takes, self._dial = broker, dict(takes), open_link

    async def run(self, emit: Emit, clock: Clock) -> None:
        """Connect and hand bodies over until cancelled.

        Raises:
            SourceLost: the broker cannot be reached, refuses us or went away.
        """
        async with self._dial(self._broker, self._client) as link:
            await link.subscribe(tuple(self._takes))
            now = clock.wall()
            emit(Device(self.name, now, now, DeviceState.ONLINE))
            async for message in link.messages():
                await self._take(message, clock)
                link.acknowledge(message)

    async def _take(self, message: Incoming, clock: Clock) -> None:
        take = self._takes.get(message.topic)
        if take is None:
            self.faults["unknown_topic"] += 1
            return
        try:
            while not take(message.payload, clock.wall()):
                await clock.sleep(AGAIN_SECONDS)
        except BodyWrong:
            self.faults["bad_body"] += 1
