"""A till that publishes: facts from a broker's topics, acknowledged and answered when on disk."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import TypeAlias

from drivers.mqtt_link import Broker, Incoming, MqttLink, dial
from drivers.observations import Device, DeviceState
from drivers.pos.bodies import BodyError
from drivers.pos.telling import Answer, NotNow, Refused, Teller
from drivers.pos.topics import answer_text, answers_of, id_in, read_message, topics_of
from drivers.source import Clock, Emit

AGAIN_SECONDS = 2.0
"""Between two attempts to have a fact put on a disk that did not take it."""

_STATUS = {Answer.NEW: "recorded", Answer.KNOWN: "known", Answer.CONFLICT: "conflict"}


Dial: TypeAlias = Callable[[Broker, str], AbstractAsyncContextManager[MqttLink]]
"""Opens a connection to a broker under a client id."""


class MqttTillSource:
    """The till's topics on a broker (see `topics` for their shapes).

    Args:
        name: the source's id.
        store: the store's id, which stands in the topics.
        broker: where they are.
        teller: takes the facts.
        open_link: opens a connection; aiomqtt's by default.
    """

    def __init__(
        self, name: str, store: str, broker: Broker, teller: Teller, *, open_link: Dial = dial
    ) -> None:
        self.name = name
        self.faults: Counter[str] = Counter()
        self.facts: dict[str, str] = {"broker": str(broker)}
        self._store, self._broker = store, broker
        self._teller = teller
        self._dial = open_link
        self._taken = 0

    async def run(self, emit: Emit, clock: Clock) -> None:
        """Connect and take facts until cancelled.

        Raises:
            SourceLost: the broker cannot be reached, refuses us or went away.
        """
        async with self._dial(self._broker, f"shelfcast-till-{self._store}") as link:
            await link.subscribe(topics_of(self._store))
            now = clock.wall()
            emit(Device(self.name, now, now, DeviceState.ONLINE))
            async for message in link.messages():
                text = await self._take(message, clock)
                # The answer first: a till that got none tells again, and is told "known".
                await link.publish(answers_of(self._store), text)
                link.acknowledge(message)

    async def _take(self, message: Incoming, clock: Clock) -> str:
        """Take one message for good; what to answer."""
        topic = message.topic
        try:
            fact = read_message(topic, message.payload, at=clock.wall())
        except BodyError as wrong:
            self.faults["refused"] += 1
            return answer_text(topic, id_in(message.payload), "refused", wrong.faults)
        while True:
            try:
                answer = await self._teller.record(fact)
            except NotNow:
                # Nothing is acknowledged meanwhile, so the broker holds back the rest.
                self.faults["not_stored"] += 1
                await clock.sleep(AGAIN_SECONDS)
                continue
            except Refused as wrong:
                self.faults["refused"] += 1
                return answer_text(topic, fact.id, "refused", [("body", str(wrong))])
            break
        if answer is Answer.CONFLICT:
            self.faults["conflict"] += 1
            errors = [("id", "is known with another body")]
            return answer_text(topic, fact.id, "conflict", errors)
        self._taken += 1
        self.facts["messages taken"] = str(self._taken)
        return answer_text(topic, fact.id, _STATUS[answer])
