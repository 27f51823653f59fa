"""How a connection to HQ's broker comes to be, by aiomqtt 2.5, and how it ends; `link` is the rest.

What it adds, and why:

- aiomqtt connects in a thread that cannot be stopped, for as long as name and network are silent.
  The way there is tried first in a manner that can be cancelled; a clean stop is never held up.
- Its errors are numbers; an installer needs to read "refuses the password".
- It does not tell what a broker of MQTT 5 asks of us when it lets us in.
"""

from __future__ import annotations

import asyncio
import contextlib
import functools
import logging
import socket
import ssl
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import aiomqtt

from gateway.uplink.ear import Ear, Heard
from gateway.uplink.link import INCOMING_KEPT, Link, farewell, one_line
from gateway.uplink.protocol import (
    NOT_SPOKEN,
    REASONS,
    Version,
    connect_properties,
    number_of,
    will_properties,
)
from gateway.uplink.reach import NotConnected, reach
from gateway.uplink.settings import Address

ANSWER_SECONDS = 10.0
"""For a CONNACK, SUBACK or PUBACK: after that the connection is taken as dead."""
FIRST_WORD_SECONDS = 3.0
"""For a CONNACK to MQTT 5: some old brokers wait for ever for the rest of what they misread."""
GOODBYE_SECONDS = 1.0
KEEPALIVE_SECONDS = 30
"""A silent network is noticed within twice this."""


class NotSpoken(NotConnected):
    """The broker does not take MQTT 5; it may take 3.1.1."""


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
    version: Version = Version.V5
    answer_seconds: float = ANSWER_SECONDS


@contextlib.asynccontextmanager
async def dial(call: Call, faults: Counter[str]) -> AsyncIterator[Link]:
    """Connect, with nothing kept from before, and hang up properly at the end.

    Raises:
        NotSpoken: not in this version of MQTT.
        NotConnected: no connection; the message is one plain line for the installer.
    """
    context = await asyncio.to_thread(_tls, call) if call.address.tls else None
    await reach(call.address, context)
    heard = Heard()
    logger = logging.Logger("mqtt", logging.WARNING)  # noqa: LOG001 - for this connection alone
    logger.addHandler(heard)
    five = call.version is Version.V5
    client = aiomqtt.Client(
        call.address.host,
        call.address.port,
        username=call.username or None,
        password=call.password or None,
        identifier=call.identifier,
        will=aiomqtt.Will(
            call.will_topic,
            call.will,
            qos=1,
            retain=True,
            properties=will_properties() if five else None,
        ),
        transport="tcp" if call.address.path is None else "websockets",
        websocket_path=call.address.path,
        protocol=aiomqtt.ProtocolVersion(call.version),
        clean_session=None if five else True,
        properties=connect_properties() if five else None,
        tls_context=context,
        timeout=call.answer_seconds,
        logger=logger,
        keepalive=KEEPALIVE_SECONDS,
        max_queued_incoming_messages=INCOMING_KEPT,
        max_inflight_messages=call.window,
        # The last small row of a window would wait for the other side's delayed ACK (40 ms).
        socket_options=((socket.IPPROTO_TCP, socket.TCP_NODELAY, 1),),
    )
    ear = Ear(client)
    if five:
        client.timeout = min(FIRST_WORD_SECONDS, call.answer_seconds)
    await _enter(client, call, heard)
    client.timeout = call.answer_seconds
    if ear.last_word is not None:
        # Let in and sent away in one breath: aiomqtt forgets the second.
        _drop(client)
        raise NotConnected(f"{call.address} {farewell(ear.last_word)}")
    link = Link(
        client,
        call.address,
        call.version,
        window=call.window,
        answer_seconds=call.answer_seconds,
        faults=faults,
    )
    link.obey(ear.wishes)
    reader = asyncio.create_task(link.read(), name="uplink-reader")
    try:
        yield link
    finally:
        await _hang_up(client, reader)


async def _enter(client: aiomqtt.Client, call: Call, heard: Heard) -> None:
    entering = asyncio.create_task(client.__aenter__(), name="uplink-connect")
    try:
        await asyncio.shield(entering)
    except asyncio.CancelledError:
        _drop(client)
        entering.add_done_callback(functools.partial(_abandon, client))
        raise
    except aiomqtt.MqttError as error:
        seen = _drop(client) or error
        kind = NotSpoken if call.version is Version.V5 and _unheard(seen) else NotConnected
        raise kind(f"{call.address} {_refusal(seen, call, heard.line)}") from error


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


def _unheard(error: BaseException) -> bool:
    """Whether another version of MQTT may fare better: refused as such, or answered by nothing."""
    cause = error.__context__ if isinstance(error.__context__, OSError) else error
    match cause:
        case aiomqtt.MqttCodeError(rc=code) if code is not None:
            return number_of(code) in NOT_SPOKEN
        case _:
            return not isinstance(cause, OSError) or isinstance(
                cause, TimeoutError | ConnectionError
            )


def _refusal(error: BaseException, call: Call, heard: str) -> str:
    """What the broker did, in words that follow its address."""
    cause = error.__context__ if isinstance(error.__context__, OSError) else error
    match cause:
        case aiomqtt.MqttCodeError(rc=code) if code is not None:
            number = number_of(code)
            said = REASONS.get(number, f"refuses the connection: {one_line(cause)}")
            return f"{said} of {call.username!r}" if number == 134 else said
        case OSError() if not isinstance(cause, TimeoutError):
            return f"cannot be reached: {cause.strerror or cause}"
        case _:
            return "does not answer as an MQTT broker" + (f" ({heard})" if heard else "")
