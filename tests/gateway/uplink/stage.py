"""What the uplink's tests share: a clock that is stepped, an outbox in memory, a wire, a desk."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from drivers.observations import Fact
from gateway.board import Board
from gateway.desk import FootfallBucket, LedgerEntry, Sample
from gateway.requests import Hold, HoldAnswer, HoldRequest, HoldState, HoldVerdict, Verdict
from gateway.uplink.link import LinkLost, Refused
from gateway.uplink.mqtt import Call, NotSpoken
from gateway.uplink.outbox import Backlog, EventRow, OutboxRow
from gateway.uplink.protocol import Version
from gateway.uplink.reach import NotConnected

NOON = 1_763_740_800.0


class StepClock:
    """Stands still until it is moved."""

    def __init__(self) -> None:
        self.now = 0.0
        self._sleepers: list[tuple[float, asyncio.Future[None]]] = []

    def wall(self) -> float:
        return NOON + self.now

    def monotonic(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        woken: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._sleepers.append((self.now + seconds, woken))
        await woken

    async def move(self, seconds: float) -> None:
        """Go forward, waking every sleeper at its own time."""
        until = self.now + seconds
        await settle()
        while due := [each for each in self._sleepers if each[0] <= until and not each[1].done()]:
            self.now = max(self.now, min(when for when, _ in due))
            for when, woken in self._sleepers:
                if when <= self.now and not woken.done():
                    woken.set_result(None)
            self._sleepers = [each for each in self._sleepers if not each[1].done()]
            await settle()
        self.now = until
        await settle()


async def settle() -> None:
    """Let everything that can go on go on."""
    for _ in range(60):
        await asyncio.sleep(0)


@dataclass
class MemoryOutbox:
    """An outbox that fails on demand."""

    rows: dict[tuple[int, int], OutboxRow] = field(default_factory=dict)
    broken: bool = False

    def add(self, boot: int, *seqs: int, topic: str = "changes") -> None:
        for seq in seqs:
            payload = json.dumps({"store": "PAR-01", "boot": boot, "seq": seq, "t": 0, "items": []})
            self.rows[boot, seq] = OutboxRow(boot, seq, topic, payload, 0.0)

    async def after(self, key: tuple[int, int], limit: int) -> Sequence[OutboxRow]:
        if self.broken:
            raise OSError("disk is full")
        return [self.rows[each] for each in sorted(self.rows) if each > key][:limit]

    async def clear(self, boot: int, seq: int) -> int:
        if self.broken:
            raise OSError("disk is full")
        gone = [key for key in self.rows if key[0] == boot and key[1] <= seq]
        for key in gone:
            del self.rows[key]
        return len(gone)

    def backlog(self) -> Backlog:
        return Backlog(len(self.rows), sum(len(row.payload) for row in self.rows.values()))


class MemoryEvents:
    """Events in memory, each a text with one word."""

    def __init__(self, words: Sequence[str]) -> None:
        self.rows: list[EventRow] = []
        self._last = 0
        self.add(*words)

    def add(self, *words: str) -> None:
        for word in words:
            self._last += 1
            self.rows.append(EventRow(self._last, json.dumps({"event": word})))

    async def after(self, number: int, limit: int) -> Sequence[EventRow]:
        return [row for row in self.rows if row.id > number][:limit]

    def gone(self, rows: Sequence[EventRow]) -> None:
        self.rows = [row for row in self.rows if row not in rows]

    def backlog(self) -> Backlog:
        return Backlog(len(self.rows), 0)


class MemoryWire:
    """A connection that remembers what went up, breaks on demand and `refuses` parts."""

    def __init__(self, call: Call) -> None:
        self.call = call
        self.subscribed: list[str] = []
        self.refuses: set[str] = set()
        self.sent: list[tuple[str, dict[str, Any], bool]] = []
        self._lost: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._incoming: asyncio.Queue[bytes] = asyncio.Queue()

    def cut(self) -> None:
        self._lost.set_exception(LinkLost("cut"))
        self._lost.exception()

    def command(self, **body: Any) -> None:
        self._incoming.put_nowait(json.dumps(body).encode())

    def of(self, part: str) -> list[dict[str, Any]]:
        return [body for topic, body, _ in self.sent if topic.endswith("/" + part)]

    def seqs(self) -> list[int]:
        return [body["seq"] for body in self.of("changes")]

    async def publish(self, topic: str, payload: str, *, retain: bool = False) -> None:
        if self._lost.done():
            raise LinkLost("cut")
        if (part := topic.rpartition("/")[2]) in self.refuses:
            raise Refused(topic, f"hq.example:8883 refuses {part}")
        self.sent.append((topic, json.loads(payload), retain))

    async def publish_all(self, messages: Sequence[tuple[str, str]]) -> None:
        for topic, payload in messages:
            await self.publish(topic, payload)

    async def subscribe(self, topic: str) -> None:
        if "command" in self.refuses:
            raise Refused(topic, f"hq.example:8883 refuses the subscription to {topic}")
        self.subscribed.append(topic)

    async def receive(self) -> bytes:
        task = asyncio.create_task(self._incoming.get())
        either: set[asyncio.Future[Any]] = {task, self._lost}
        try:
            await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
        finally:
            task.cancel()
        if self._lost.done():
            raise LinkLost("cut")
        return task.result()


class Exchange:
    """Gives out wires; refuses while `refusing`, and MQTT 5 while `old`."""

    def __init__(self) -> None:
        self.wires: list[MemoryWire] = []
        self.attempts: list[float] = []
        self.refusing = self.old = False
        self.refuses: set[str] = set()
        self.clock = StepClock()

    @property
    def wire(self) -> MemoryWire:
        return self.wires[-1]

    @contextlib.asynccontextmanager
    async def connect(self, call: Call, faults: Counter[str]) -> AsyncIterator[MemoryWire]:
        self.attempts.append(self.clock.now)
        if self.refusing:
            raise NotConnected("hq.example:8883 refuses: no broker listens there")
        if self.old and call.version is Version.V5:
            raise NotSpoken("hq.example:8883 does not speak this version of MQTT")
        self.wires.append(MemoryWire(call))
        self.wire.refuses |= self.refuses
        yield self.wires[-1]


class MemoryDesk:
    """A program with a board and holds in memory; counts what it is asked."""

    def __init__(self, clock: StepClock | None = None) -> None:
        self.clock = clock or StepClock()
        self.board = Board()
        self.asked: list[HoldRequest | str] = []
        self.verdict = HoldVerdict.NEW
        self.failure: Exception | None = None

    def now(self) -> float:
        return self.clock.wall()

    async def record(self, fact: Fact) -> Verdict:
        raise NotImplementedError

    async def hold(self, request: HoldRequest) -> HoldAnswer:
        self.asked.append(request)
        return self._answer(request.id, request.gtin, request.qty)

    async def collect(self, hold_id: str) -> HoldAnswer:
        raise NotImplementedError

    async def release(self, hold_id: str) -> HoldAnswer:
        self.asked.append(hold_id)
        return self._answer(hold_id, "03453120000011", 1)

    async def footfall(self, since: float, until: float, step: float) -> Sequence[FootfallBucket]:
        return ()

    async def history(self, gtin: str, limit: int) -> Sequence[LedgerEntry]:
        return ()

    def samples(self) -> Sequence[Sample]:
        return ()

    def ready(self) -> Sequence[str]:
        return ()

    def _answer(self, name: str, gtin: str, qty: int) -> HoldAnswer:
        if self.failure is not None:
            raise self.failure
        if self.verdict not in {HoldVerdict.NEW, HoldVerdict.KNOWN}:
            return HoldAnswer(self.verdict, None, 2)
        hold = Hold(name, gtin, qty, "web", "o-1", NOON, NOON + 1800, HoldState.OPEN)
        return HoldAnswer(self.verdict, hold, 3)
