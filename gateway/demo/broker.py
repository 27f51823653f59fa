"""The demo's MQTT broker: pure Python, inside this process, on this machine alone.

Anonymous, nothing on disk: whoever wants to look at the feed subscribes and sees it. The port and
its connections are ours, the protocol is amqtt's: its own listener leaves sockets open at the end.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator

from amqtt.adapters import StreamReaderAdapter, StreamWriterAdapter
from amqtt.broker import Broker
from amqtt.session import Session

HOST, PORT = "127.0.0.1", 1884
STOP_SECONDS = 1.0
_LISTENER = "default"
_CONFIG = {
    "listeners": {_LISTENER: {"type": "external"}},
    "plugins": {"amqtt.plugins.authentication.AnonymousAuthPlugin": {"allow_anonymous": True}},
}


@contextlib.asynccontextmanager
async def broker(port: int = PORT) -> AsyncIterator[int]:
    """Run a broker while the block runs; yields its port: `port`, or a free one if that is taken.

    Raises:
        OSError: no port is to be had. amqtt.errors.BrokerError: it cannot be started.
    """
    # It tells every connection and packet; what it cannot do reaches the feed as a refusal.
    for name in ("amqtt", "transitions"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    running = _Broker(_CONFIG)
    await running.start()
    clients = _Clients(running)
    try:
        server = await _listen(clients, port)
        try:
            yield server.sockets[0].getsockname()[1]
        finally:
            server.close()
    finally:
        async with _at_most(STOP_SECONDS):
            await running.shutdown()
        await clients.end()


class _Broker(Broker):  # type: ignore[misc]  # amqtt tells no types
    """amqtt's, but that it tells retained messages to those alone who asked for them.

    Its own (0.12) tells everybody who connects what is retained for anybody's filter, once for each
    filter, before the newcomer has said a word.
    """

    async def _publish_retained_messages_for_subscription(
        self, subscription: tuple[str, int], session: Session
    ) -> None:
        whose = self._subscriptions.get(subscription[0], [])
        if any(one.client_id == session.client_id for one, _ in whose):
            await super()._publish_retained_messages_for_subscription(subscription, session)


class _Clients:
    """Every open connection to one broker."""

    def __init__(self, running: Broker) -> None:
        self._broker = running
        self._open: dict[asyncio.Task[None], asyncio.StreamWriter] = {}

    def accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Somebody connects."""
        task = asyncio.create_task(self._serve(reader, writer), name="demo broker's client")
        self._open[task] = writer
        task.add_done_callback(self._open.pop)

    async def end(self) -> None:
        """Cut everybody off who is still there."""
        for writer in self._open.values():
            writer.transport.abort()
        for task in list(self._open):
            task.cancel()
        if self._open:
            await asyncio.wait(list(self._open))

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            adapters = StreamReaderAdapter(reader), StreamWriterAdapter(writer)
            await self._broker.external_connected(*adapters, _LISTENER)
        except OSError:
            pass  # the client hung up in the middle of a word
        finally:
            writer.transport.abort()


async def _listen(clients: _Clients, port: int) -> asyncio.Server:
    try:
        return await asyncio.start_server(clients.accept, HOST, port)
    except OSError:
        return await asyncio.start_server(clients.accept, HOST, 0)


@contextlib.asynccontextmanager
async def _at_most(seconds: float) -> AsyncIterator[None]:
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            yield
