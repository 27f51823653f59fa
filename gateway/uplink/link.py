"""An open connection to HQ's broker: publish, subscribe, receive, each failing with a plain line.

What it adds to aiomqtt 2.5, and why:

- A publish that is pending when the connection breaks would wait out its whole time-out, so every
  wait is raced against the break, which the reader of incoming messages is the first to see.
- A broker of MQTT 5 says in its PUBACK that it did not take a message; aiomqtt drops that, so
  publishing goes past it, to paho.
- A broker of MQTT 5 says how many messages may wait for their PUBACK and how large one may be; paho
  leaves that to us.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Coroutine, Sequence
from typing import Any, TypeVar

import aiomqtt
from paho.mqtt.client import MQTT_ERR_SUCCESS, Client
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from gateway.uplink.commands import LARGEST_COMMAND
from gateway.uplink.protocol import (
    FAILED,
    REASONS,
    Version,
    number_of,
    plain,
    publish_properties,
)
from gateway.uplink.settings import Address

T = TypeVar("T")

LAST_WORD_SECONDS = 0.05
"""For what has arrived to be heard when the connection is gone: a few turns of the loop."""
INCOMING_KEPT = 200
INCOMING_BYTES = 8 * LARGEST_COMMAND


class LinkLost(Exception):
    """The connection broke; the message is one plain line."""


class Refused(Exception):
    """The broker did not take a message or a subscription, and stays; one plain line.

    `part` is the last part of the topic.
    """

    def __init__(self, topic: str, line: str) -> None:
        self.part = topic.rpartition("/")[2]
        super().__init__(line)


class Link:
    """An open connection. Made by `mqtt.dial` alone."""

    def __init__(
        self,
        client: aiomqtt.Client,
        address: Address,
        version: Version,
        *,
        window: int,
        answer_seconds: float,
        faults: Counter[str],
    ) -> None:
        self._client = client
        self._address = address
        self._version = version
        self._answer_seconds = answer_seconds
        self._faults = faults
        self._lost: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self._incoming: asyncio.Queue[bytes] = asyncio.Queue(INCOMING_KEPT)
        self._incoming_bytes = 0
        self._unconfirmed: dict[int, asyncio.Future[ReasonCode | int]] = {}
        self._slots = asyncio.Semaphore(window)
        self._window = window
        self._largest: int | None = None
        # It has no public way to either.
        self._paho: Client = client._client  # noqa: SLF001
        self._paho.on_publish = self._confirmed

    def obey(self, told: Properties | None) -> None:
        """What the broker's CONNACK asks of us; call it before the first message."""
        room = getattr(told, "ReceiveMaximum", None)
        if room is not None:
            self._slots = asyncio.Semaphore(min(room, self._window))
        self._largest = getattr(told, "MaximumPacketSize", None)

    async def publish(self, topic: str, payload: str, *, retain: bool = False) -> None:
        """Publish with QoS 1; comes back at the PUBACK. Raises `LinkLost`, `Refused`."""
        await self._race(self._published(topic, payload, retain=retain))

    async def publish_all(self, messages: Sequence[tuple[str, str]]) -> None:
        """Publish (topic, payload) in order, all in flight at once; comes back at the last PUBACK.

        Raises:
            LinkLost, Refused: some may have arrived, and which is not known.
        """
        await self._race(self._gather(messages))

    async def subscribe(self, topic: str) -> None:
        """Subscribe with QoS 0, to `receive` what arrives. Raises `LinkLost`, `Refused`."""
        for code in await self._race(self._client.subscribe(topic, qos=0)):
            if number_of(code) >= FAILED:
                line = f"{self._address} refuses the subscription to {topic}: {plain(code)}"
                raise Refused(topic, line)

    async def receive(self) -> bytes:
        """The next payload that arrived. Raises `LinkLost`."""
        payload = await self._race(self._incoming.get())
        self._incoming_bytes -= len(payload)
        return payload

    async def read(self) -> None:
        """Take what arrives until the connection breaks; `dial` runs it beside everything else."""
        reason = "is gone: closed"
        try:
            async for message in self._client.messages:
                self._keep(bytes(message.payload))
        except aiomqtt.MqttError as error:
            cause = error.__cause__ or error
            code = cause.rc if isinstance(cause, aiomqtt.MqttCodeError) else None
            reason = f"is gone: {one_line(cause)}" if code is None else farewell(code)
        finally:
            if not self._lost.done():
                self._lost.set_result(f"{self._address} {reason}")

    def _keep(self, payload: bytes) -> None:
        if self._incoming.full() or self._incoming_bytes + len(payload) > INCOMING_BYTES:
            self._faults["command_dropped"] += 1
            return
        self._incoming_bytes += len(payload)
        self._incoming.put_nowait(payload)

    async def _gather(self, messages: Sequence[tuple[str, str]]) -> None:
        tasks = [
            asyncio.create_task(self._published(topic, payload, retain=False))
            for topic, payload in messages
        ]
        try:
            await asyncio.gather(*tasks)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _published(self, topic: str, payload: str, *, retain: bool) -> None:
        if self._largest is not None and len(payload.encode()) + len(topic) + 64 > self._largest:
            raise Refused(topic, f"{self._address} takes no message of {topic} so large")
        async with self._slots:
            number = self._sent(topic, payload, retain=retain)
            try:
                async with asyncio.timeout(self._answer_seconds):
                    code = await self._unconfirmed[number]
            except TimeoutError:
                raise LinkLost(f"{self._address} does not confirm {topic}") from None
            finally:
                del self._unconfirmed[number]
        if number_of(code) >= FAILED:
            raise Refused(topic, f"{self._address} refuses {topic}: {plain(code)}")

    def _sent(self, topic: str, payload: str, *, retain: bool) -> int:
        properties = publish_properties(topic) if self._version is Version.V5 else None
        info = self._paho.publish(topic, payload, qos=1, retain=retain, properties=properties)
        if info.rc != MQTT_ERR_SUCCESS:
            raise aiomqtt.MqttCodeError(info.rc, "could not publish")
        self._unconfirmed[info.mid] = asyncio.get_running_loop().create_future()
        return info.mid

    def _confirmed(
        self,
        _client: Client,
        _userdata: Any,
        number: int,
        code: ReasonCode,
        _properties: Properties,
    ) -> None:
        waiting = self._unconfirmed.get(number)
        if waiting is not None and not waiting.done():
            waiting.set_result(code)

    async def _race(self, doing: Coroutine[Any, Any, T]) -> T:
        task = asyncio.create_task(doing)
        either: set[asyncio.Future[Any]] = {task, self._lost}
        try:
            await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
            if self._lost.done():
                # A broker that refuses a message may hang up in the same breath.
                await asyncio.wait({task}, timeout=LAST_WORD_SECONDS)
        finally:
            if not task.done():
                task.cancel()
        if self._lost.done():
            (said,) = await asyncio.gather(task, return_exceptions=True)
            if isinstance(said, Refused):
                raise said
            raise LinkLost(self._lost.result())
        try:
            return task.result()
        except aiomqtt.MqttError as error:
            raise LinkLost(f"{self._address}: {one_line(error)}") from error


def farewell(code: ReasonCode | int) -> str:
    """Why a connection ended, in words that follow the broker's address."""
    return REASONS.get(number_of(code)) or f"is gone: {plain(code)}"


def one_line(error: BaseException) -> str:
    """An error of aiomqtt as one line."""
    return " ".join(str(error).split())
