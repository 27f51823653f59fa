"""The store's other receivers as one source: what they forward goes through the same roster."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager
from typing import TypeAlias

from drivers.ble.forwarded import (
    RECEIVERS_MOST,
    ForwardWrong,
    read_forwarded,
    receiver_in,
    topic_of,
)
from drivers.ble.roster import Roster
from drivers.mqtt_link import Broker, Incoming, MqttLink, dial
from drivers.observations import Device, DeviceState
from drivers.source import Clock, Emit

GREETING_SECONDS = 60.0

Dial: TypeAlias = Callable[[Broker, str], AbstractAsyncContextManager[MqttLink]]


class BleReceivers:
    """Receivers that forward adverts by MQTT (see `forwarded` for the shape).

    An advert's `src` is `{name}/{receiver}`, which no device of the config can be called. What a
    stranger sends goes no further than the roster.

    Args:
        name: the source's id.
        store: the store's id, which stands in the topic.
        broker: where the receivers publish.
        roster: who is on the list; the scanner's own, so that a packet counts once.
        known: receivers that are devices of their own: that one is heard is said each minute, with
            `{name}/{receiver}` for its `src`.
        open_link: opens a connection; aiomqtt's by default.
    """

    def __init__(
        self,
        name: str,
        store: str,
        broker: Broker,
        roster: Roster,
        known: frozenset[str] = frozenset(),
        *,
        open_link: Dial = dial,
    ) -> None:
        self.name = name
        self.faults: Counter[str] = Counter()
        self.facts: dict[str, str] = {"broker": str(broker)}
        self._store, self._broker, self._roster = store, broker, roster
        self._dial = open_link
        self._known, self._said = known, dict.fromkeys(known, -math.inf)
        self._heard: Counter[str] = Counter()

    @property
    def beacons(self) -> Mapping[str, dict[str, str]]:
        """What the listed devices say of themselves, by device id, in words (badges left out)."""
        return self._roster.facts

    async def run(self, emit: Emit, clock: Clock) -> None:
        """Connect and hear until cancelled.

        Raises:
            SourceLost: the broker cannot be reached, refuses us or went away.
        """
        async with self._dial(self._broker, f"shelfcast-ble-{self._store}") as link:
            await link.subscribe((topic_of(self._store),))
            now = clock.wall()
            emit(Device(self.name, now, now, DeviceState.ONLINE))
            async for message in link.messages():
                self.take(message, emit, clock.wall())
                link.acknowledge(message)

    def take(self, message: Incoming, emit: Emit, now: float) -> None:
        """Emit what one message says of listed devices; what is wrong in it is counted."""
        receiver = receiver_in(message.topic)
        room = receiver in self._heard or len(self._heard) < RECEIVERS_MOST
        if receiver is None or not room:
            self.faults["unknown_receiver"] += 1
            return
        try:
            adverts, bad = read_forwarded(message.payload)
        except ForwardWrong:
            self.faults["bad_body"] += 1
            return
        if bad:
            self.faults["bad_advert"] += bad
        self._greet(receiver, emit, now)
        self._heard[receiver] += len(adverts)
        self.facts[f"receiver {receiver}"] = f"{self._heard[receiver]} adverts"
        for advert in adverts:
            for observation in self._roster.hear(
                advert.addr,
                advert.rssi,
                advert.payload.manufacturer,
                advert.payload.service,
                src=f"{self.name}/{receiver}",
                t=now - advert.age,
                at=now,
            ):
                emit(observation)

    def _greet(self, receiver: str, emit: Emit, now: float) -> None:
        """Say that a receiver lives, whatever it hears: a quiet shop is no dead receiver."""
        if receiver in self._known and not 0 <= now - self._said[receiver] < GREETING_SECONDS:
            self._said[receiver] = now
            emit(Device(f"{self.name}/{receiver}", now, now, DeviceState.ONLINE))
