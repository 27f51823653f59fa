"""The one adapter around aiomqtt 2.5 for devices that publish: messages in, acknowledged by hand.

A message is acknowledged when it is dealt with, not when it arrived; with a session that the
broker keeps (MQTT 3.1.1, section 3.1.2.4) what was told while we were away, or not acknowledged, is
told again. aiomqtt has no way to say so, paho beneath it has.

aiomqtt connects in a thread that cannot be stopped, for as long as name and network are silent; so
the way there is tried first, in a manner that can be cancelled.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import socket
import ssl
import threading
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import aiomqtt

from drivers.source import SourceLost

ANSWER_SECONDS = 10.0
REACH_SECONDS = 5.0
KEEPALIVE_SECONDS = 30
INCOMING_KEPT = 1_000
REFUSED = 0x80
"""From this return code on a topic is not subscribed (MQTT 3.1.1, section 3.9.3)."""


@dataclass(frozen=True, slots=True)
class Broker:
    """Where the devices publish. `password_file` is read anew at each connection."""

    host: str
    port: int
    tls: bool = False
    username: str = ""
    password: str = field(default="", repr=False)
    password_file: Path | None = None
    ca_file: Path | None = None
    client_cert: Path | None = None
    client_key: Path | None = None

    def __str__(self) -> str:
        """`host:port`."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


class Incoming(NamedTuple):
    """A message and what is needed to acknowledge it."""

    topic: str
    payload: bytes
    number: int
    qos: int


class MqttLink:
    """An open connection; made by `dial` alone. Everything raises `SourceLost` when it breaks."""

    def __init__(self, client: aiomqtt.Client, broker: Broker) -> None:
        self._client = client
        self._broker = broker

    async def messages(self) -> AsyncIterator[Incoming]:
        """What arrives, in order, until the connection breaks."""
        try:
            async for message in self._client.messages:
                raw = bytes(message.payload)
                yield Incoming(message.topic.value, raw, message.mid, message.qos)
        except aiomqtt.MqttError as error:
            raise _lost(self._broker, "is gone", error) from error

    def acknowledge(self, message: Incoming) -> None:
        """It is dealt with: the broker may forget it."""
        self._client._client.ack(message.number, message.qos)  # noqa: SLF001 - see the module

    async def subscribe(self, topics: tuple[str, ...]) -> None:
        """Hear these topics with QoS 1."""
        try:
            granted = await self._client.subscribe([(topic, 1) for topic in topics])
        except aiomqtt.MqttError as error:
            raise _lost(self._broker, "refuses the subscription", error) from error
        codes = [one if isinstance(one, int) else one.value for one in granted]
        refused = [topic for topic, code in zip(topics, codes, strict=False) if code >= REFUSED]
        if refused:
            raise SourceLost(f"{self._broker} refuses the subscription to {', '.join(refused)}")

    async def publish(self, topic: str, text: str) -> None:
        """Publish with QoS 1; comes back when the broker has it."""
        try:
            await self._client.publish(topic, text, qos=1)
        except aiomqtt.MqttError as error:
            raise _lost(self._broker, "is gone", error) from error


@contextlib.asynccontextmanager
async def dial(broker: Broker, identifier: str, *, kept: bool = True) -> AsyncIterator[MqttLink]:
    """Connect with a session that the broker keeps (or, not `kept`, forgets), and hang up.

    Raises:
        SourceLost: no connection; one plain line.
    """
    await _reach(broker)
    try:
        password, context = await asyncio.to_thread(_secrets, broker)
    except OSError as wrong:
        raise SourceLost(f"{wrong.filename or 'TLS'}: {wrong.strerror or wrong}") from wrong
    client = aiomqtt.Client(
        broker.host,
        broker.port,
        username=broker.username or None,
        password=password or None,
        identifier=identifier,
        clean_session=not kept,
        tls_context=context,
        timeout=ANSWER_SECONDS,
        keepalive=KEEPALIVE_SECONDS,
        max_queued_incoming_messages=INCOMING_KEPT,
        logger=_silent(),
    )
    client._client.manual_ack_set(True)  # noqa: SLF001, FBT003 - see the module
    try:
        await client.__aenter__()
    except aiomqtt.MqttError as error:
        _drop(client)
        raise _lost(broker, "refuses us, or is no MQTT broker", error) from error
    except asyncio.CancelledError:
        _drop(client)
        raise
    try:
        yield MqttLink(client, broker)
    finally:
        # It may be as good as gone; what is left of it is closed below.
        with contextlib.suppress(aiomqtt.MqttError):
            client.timeout = 1.0
            await client.__aexit__(None, None, None)
        _drop(client)


def _drop(client: aiomqtt.Client) -> None:
    """Close what aiomqtt leaves open when a connection fails half-way, and take its error."""
    client._client.disconnect()  # noqa: SLF001
    seen = client._disconnected  # noqa: SLF001
    if seen.done() and not seen.cancelled():
        seen.exception()


def _silent() -> logging.Logger:
    """aiomqtt logs what it also raises."""
    logger = logging.Logger("device mqtt", logging.CRITICAL)  # noqa: LOG001 - for one connection
    logger.addHandler(logging.NullHandler())
    return logger


def _secrets(broker: Broker) -> tuple[str, ssl.SSLContext | None]:
    password = broker.password
    if broker.password_file is not None:
        password = broker.password_file.read_text("utf-8").strip()
    if not broker.tls:
        return password, None
    context = ssl.create_default_context(cafile=broker.ca_file)
    if broker.client_cert is not None:
        context.load_cert_chain(broker.client_cert, broker.client_key)
    return password, context


async def _reach(broker: Broker) -> None:
    """Open a connection and close it again."""
    try:
        async with asyncio.timeout(REACH_SECONDS):
            host = await _look_up(broker)
            _, writer = await asyncio.open_connection(host, broker.port)
            writer.transport.abort()
    except TimeoutError:
        raise SourceLost(f"{broker} does not answer") from None
    except OSError as error:
        raise SourceLost(f"{broker} cannot be reached: {error.strerror or error}") from error


async def _look_up(broker: Broker) -> str:
    """The broker's address. In a thread that nobody waits for: name servers may hang."""
    loop = asyncio.get_running_loop()
    found: asyncio.Future[str] = loop.create_future()

    def settle(host: str, error: OSError | None) -> None:
        if not found.done():
            found.set_exception(error) if error else found.set_result(host)

    def ask() -> None:
        host, failed = "", None
        try:
            infos = socket.getaddrinfo(broker.host, broker.port, type=socket.SOCK_STREAM)
            host = str(infos[0][4][0])
        except UnicodeError:
            failed = OSError(f"{broker.host} is no name")
        except OSError as error:
            failed = error
        with contextlib.suppress(RuntimeError):  # the program ended meanwhile
            loop.call_soon_threadsafe(settle, host, failed)

    threading.Thread(target=ask, name="broker's name", daemon=True).start()
    return await found


def _lost(broker: Broker, what: str, error: aiomqtt.MqttError) -> SourceLost:
    return SourceLost(f"{broker} {what}: {' '.join(str(error).split())}")
