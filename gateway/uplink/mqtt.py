"""The one adapter around aiomqtt 2.5: connect, publish, receive, each failing with one plain line.

What it adds, and why:

- A publish that is pending when the connection breaks would wait out its whole time-out, so every
  wait is raced against the break, which the reader of incoming messages is the first to see.
- aiomqtt connects in a thread that cannot be stopped, for as long as name and network are silent.
  The way there is tried first in a manner that can be cancelled; a clean stop is never held up.
- Its errors are numbers; an installer needs to read "refuses the password".
"""

from __future__ import annotations

import asyncio
import contextlib
import functools
import logging
import socket
import ssl
from collections import Counter
from collections.abc import AsyncIterator, Coroutine, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import aiomqtt

from gateway.uplink.reach import NotConnected, reach
from gateway.uplink.settings import Address

T = TypeVar("T")

ANSWER_SECONDS = 10.0
"""For a CONNACK, SUBACK or PUBACK: after that the connection is taken as dead."""
GOODBYE_SECONDS = 1.0
KEEPALIVE_SECONDS = 30
"""A silent network is noticed within twice this."""
INCOMING_KEPT = 200
REASONS = {
    132: "does not speak this version of MQTT",
    133: "refuses the client id",
    134: "refuses the user name or password",
    135: "refuses the user name or password (not authorised)",
    136: "is not available now",
}
"""CONNACK refusals (MQTT 3.1.1, section 3.2.2.3) under the MQTT 5 numbers that paho gives them."""


class LinkLost(Exception):
    """The connection broke; the message is one plain line."""


@dataclass(frozen=True, slots=True)
class Call:
    """One attempt to connect: where, who, and the will (retained, QoS 1)."""

    address: Address
    identifier: str
    will_topic: str
    will: str
    username: str = ""
    password: str = ""
    ca_file: Path | None = None
    client_cert: Path | None = None
    client_key: Path | None = None
    window: int = 20
    answer_seconds: float = ANSWER_SECONDS


class _Heard(logging.Handler):
    """Keeps the last thing that the library logged: it says there what it does not raise."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.line = ""

    def emit(self, record: logging.LogRecord) -> None:
        self.line = " ".join(record.getMessage().split())


class Link:
    """An open connection. Made by `dial` alone."""

    def __init__(self, client: aiomqtt.Client, address: Address, faults: Counter[str]) -> None:
        self._client = client
        self._address = address
        self._faults = faults
        self._lost: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self._incoming: asyncio.Queue[bytes] = asyncio.Queue(INCOMING_KEPT)

    async def publish(self, topic: str, payload: str, *, retain: bool = False) -> None:
        """Publish with QoS 1; comes back at the PUBACK. Raises `LinkLost`."""
        await self._race(self._client.publish(topic, payload, qos=1, retain=retain))

    async def publish_all(self, messages: Sequence[tuple[str, str]]) -> None:
        """Publish (topic, payload) in order, all in flight at once; comes back at the last PUBACK.

        Raises:
            LinkLost: some may have arrived, and which is not known.
        """
        await self._race(self._gather(messages))

    async def subscribe(self, topic: str) -> None:
        """Subscribe with QoS 0; what arrives is had from `receive`. Raises `LinkLost`."""
        await self._race(self._client.subscribe(topic, qos=0))

    async def receive(self) -> bytes:
        """The next payload that arrived. Raises `LinkLost`."""
        return await self._race(self._incoming.get())

    async def read(self) -> None:
        """Take what arrives until the connection breaks; `dial` runs it beside everything else."""
        reason = "closed"
        try:
            async for message in self._client.messages:
                self._keep(message)
        except aiomqtt.MqttError as error:
            reason = _plain(error)
        finally:
            if not self._lost.done():
                self._lost.set_result(f"{self._address} is gone: {reason}")

    def _keep(self, message: aiomqtt.Message) -> None:
        try:
            self._incoming.put_nowait(bytes(message.payload))
        except asyncio.QueueFull:
            self._faults["command_dropped"] += 1

    async def _gather(self, messages: Sequence[tuple[str, str]]) -> None:
        failed: BaseException | None = None
        try:
            async with asyncio.TaskGroup() as tasks:
                for topic, payload in messages:
                    tasks.create_task(self._client.publish(topic, payload, qos=1))
        except* aiomqtt.MqttError as errors:
            failed = errors.exceptions[0]
        if failed is not None:
            raise failed

    async def _race(self, doing: Coroutine[Any, Any, T]) -> T:
        task = asyncio.create_task(doing)
        either: set[asyncio.Future[Any]] = {task, self._lost}
        try:
            await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
        finally:
            if not task.done():
                task.cancel()
        if self._lost.done():
            await asyncio.gather(task, return_exceptions=True)
            raise LinkLost(self._lost.result())
        try:
            return task.result()
        except aiomqtt.MqttError as error:
            raise LinkLost(f"{self._address}: {_plain(error)}") from error


@contextlib.asynccontextmanager
async def dial(call: Call, faults: Counter[str]) -> AsyncIterator[Link]:
    """Connect (MQTT 3.1.1, clean session) and hang up properly at the end.

    Raises:
        NotConnected: no connection; the message is one plain line for the installer.
    """
    context = await asyncio.to_thread(_tls, call) if call.address.tls else None
    await reach(call.address, context)
    heard = _Heard()
    logger = logging.Logger("mqtt", logging.WARNING)  # noqa: LOG001 - for this connection alone
    logger.addHandler(heard)
    client = aiomqtt.Client(
        call.address.host,
        call.address.port,
        username=call.username or None,
        password=call.password or None,
        identifier=call.identifier,
        clean_session=True,
        will=aiomqtt.Will(call.will_topic, call.will, qos=1, retain=True),
        tls_context=context,
        timeout=call.answer_seconds,
        logger=logger,
        keepalive=KEEPALIVE_SECONDS,
        max_queued_incoming_messages=INCOMING_KEPT,
        max_inflight_messages=call.window,
        # The last small row of a window would wait for the other side's delayed ACK (40 ms).
        socket_options=((socket.IPPROTO_TCP, socket.TCP_NODELAY, 1),),
    )
    client.pending_calls_threshold = call.window + 10
    await _enter(client, call, heard)
    link = Link(client, call.address, faults)
    reader = asyncio.create_task(link.read(), name="uplink-reader")
    try:
        yield link
    finally:
        await _hang_up(client, reader)


async def _enter(client: aiomqtt.Client, call: Call, heard: _Heard) -> None:
    entering = asyncio.create_task(client.__aenter__(), name="uplink-connect")
    try:
        await asyncio.shield(entering)
    except asyncio.CancelledError:
        _drop(client)
        entering.add_done_callback(functools.partial(_abandon, client))
        raise
    except aiomqtt.MqttError as error:
        seen = _drop(client) or error
        raise NotConnected(f"{call.address} {_refusal(seen, call, heard.line)}") from error


async def _hang_up(client: aiomqtt.Client, reader: asyncio.Task[None]) -> None:
    client.timeout = GOODBYE_SECONDS
    try:
        await client.__aexit__(None, None, None)
    except aiomqtt.MqttError:
        pass  # it was as good as gone; what is left of it is closed below
    finally:
        _drop(client)
        reader.cancel()
        await asyncio.gather(reader, return_exceptions=True)


def _abandon(client: aiomqtt.Client, entering: asyncio.Task[aiomqtt.Client]) -> None:
    """A connection came to be, or not, after nobody wanted it any more."""
    _drop(client)
    if not entering.cancelled():
        entering.exception()


def _drop(client: aiomqtt.Client) -> BaseException | None:
    """Close what aiomqtt leaves open when a connection fails half-way; answers what it saw.

    It has no public way to do either.
    """
    client._client.disconnect()  # noqa: SLF001
    seen = client._disconnected  # noqa: SLF001
    return seen.exception() if seen.done() and not seen.cancelled() else None


def _tls(call: Call) -> ssl.SSLContext:
    try:
        context = ssl.create_default_context(cafile=call.ca_file)
        if call.client_cert is not None:
            context.load_cert_chain(call.client_cert, call.client_key)
    except ssl.SSLError as error:
        raise NotConnected(
            f"ca_file, client_cert or client_key is no such file: {error.reason}"
        ) from error
    except OSError as error:
        raise NotConnected(f"cannot read a certificate: {error.strerror}") from error
    return context


def _refusal(error: BaseException, call: Call, heard: str) -> str:
    """What the broker did, in words that follow its address."""
    cause = error.__context__ if isinstance(error.__context__, OSError) else error
    match cause:
        case aiomqtt.MqttCodeError(rc=code) if code is not None:
            number = code if isinstance(code, int) else code.value
            said = REASONS.get(number, f"refuses the connection: {_plain(cause)}")
            return f"{said} of {call.username!r}" if number == 134 else said
        case OSError() if not isinstance(cause, TimeoutError):
            return f"cannot be reached: {cause.strerror or cause}"
        case _:
            return "does not answer as an MQTT broker" + (f" ({heard})" if heard else "")


def _plain(error: BaseException) -> str:
    """An error of aiomqtt as one line."""
    return " ".join(str(error).split())
