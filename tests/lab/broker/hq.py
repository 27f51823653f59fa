"""A small HQ: commits numbered messages without gaps, acks them, and survives its broker."""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
from collections import Counter
from typing import Any

import aiomqtt


class RealClock:
    """The machine's own time."""

    def wall(self) -> float:
        return time.time()

    def monotonic(self) -> float:
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


class Hq:
    """Listens to all stores.

    Attributes:
        committed: keys (store, boot, seq) in the order of committing, each once.
        repeats: how often a key came again.
        others: bodies without a number by the last part of their topic.
    """

    def __init__(self, port: int, *, acks: bool = True) -> None:
        self.committed: list[tuple[str, int, int]] = []
        self.repeats: Counter[tuple[str, int, int]] = Counter()
        self.others: dict[str, list[dict[str, Any]]] = {}
        self.listening = asyncio.Event()
        self._done: dict[tuple[str, int], int] = {}
        self._port = port
        self._acks = acks

    @contextlib.asynccontextmanager
    async def open(self) -> Any:
        """Run in the background, listening before anybody speaks."""
        task = asyncio.create_task(self._run())
        try:
            async with asyncio.timeout(10):
                await self.listening.wait()
            yield self
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def until(self, condition: Any) -> None:
        """Wait for the real programs to make `condition()` true."""
        async with asyncio.timeout(30):
            while not condition():
                await asyncio.sleep(0.01)

    def seqs(self, boot: int) -> list[int]:
        return [seq for _, of, seq in self.committed if of == boot]

    async def _run(self) -> None:
        while True:
            try:
                async with aiomqtt.Client("127.0.0.1", self._port, timeout=2) as client:
                    await client.subscribe("shelfcast/v1/#", qos=1)
                    self.listening.set()
                    async for message in client.messages:
                        await self._take(client, message)
            except aiomqtt.MqttError:
                await asyncio.sleep(0.02)  # the broker is dead; a real HQ waits longer

    async def _take(self, client: aiomqtt.Client, message: aiomqtt.Message) -> None:
        parts = message.topic.value.split("/")
        if parts[-1] == "command":
            return
        body = json.loads(bytes(message.payload))
        if "seq" in body and parts[-1] != "birth":
            await self._commit(client, "/".join(parts[:-1]), body)
        else:
            self.others.setdefault(parts[-1], []).append(body)

    async def _commit(self, client: aiomqtt.Client, root: str, body: dict[str, Any]) -> None:
        key = (body["store"], body["boot"], body["seq"])
        done = self._done.get(key[:2], 0)
        if key[2] == done + 1:
            self.committed.append(key)
            done = self._done[key[:2]] = key[2]
        elif key[2] <= done:
            self.repeats[key] += 1
        if self._acks:
            ack = json.dumps({"do": "ack", "boot": body["boot"], "seq": done})
            await client.publish(f"{root}/command", ack, qos=0)
