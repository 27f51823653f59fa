"""The stage: the far end of every wire, the real program in the middle, and nothing left behind.

Everything lives in one process and one temporary folder. The gateway gets an ordinary store's file
whose addresses are those wires; only its radio is given to it at the scanner's seam.
"""

from __future__ import annotations

import asyncio
import contextlib
import tempfile
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from dataclasses import dataclass
from pathlib import Path

from drivers.ble.scanner import BleSource
from drivers.source import Source
from gateway.clock import FastClock
from gateway.config.load import Store, load_store
from gateway.demo.broker import HOST, broker
from gateway.demo.door_counter import VirtualCounter
from gateway.demo.door_pty import DoorLine
from gateway.demo.ear import Ear
from gateway.demo.files import Wires, timezone_now, write_store
from gateway.demo.llrp_reader import LlrpReader
from gateway.demo.llrp_server import LlrpServer
from gateway.demo.llrp_words import Sighting
from gateway.demo.till import HttpTill
from gateway.demo.truth import truth_extension
from gateway.demo.virtual import Told, VirtualStore
from gateway.devices import BLE, sources_of
from gateway.program import Program
from gateway.roster import roster_of
from gateway.simulate.plan import plan_of

STEP_SECONDS = 0.5
LEAST_HEARTBEAT_SECONDS = 0.25
"""Of this machine's time, so that a counter is not given up for a moment's load."""
READER_AHEAD_SECONDS = -3.7
"""The reader's clock is off, as readers' clocks are; the gateway finds out by itself."""


@dataclass(frozen=True, slots=True)
class Playing:
    """What is to be had once the demo runs: the page's port and the broker's."""

    page: int
    broker: int


async def play(
    stop: asyncio.Event,
    started: Callable[[Playing], None],
    *,
    port: int,
    speed: float = 1.0,
    hours: float | None = None,
) -> None:
    """Run the demo until `stop` is set, or for so many hours of the virtual store.

    Raises:
        OSError: the page's port cannot be had.
    """
    clock = FastClock(speed)
    stage = Stage(clock)
    async with contextlib.AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="shelfcast-demo-")))
        feed = await stack.enter_async_context(broker())
        await stack.enter_async_context(stage.reader.serving())
        await stack.enter_async_context(stage.door.serving())
        wires = Wires(port, f"{HOST}:{stage.reader.port}", stage.door.port, f"{HOST}:{feed}")
        store = load_store(write_store(folder, wires, timezone_now(clock.wall())))
        program = Program(
            store,
            folder / "data",
            clock,
            sources=stage.sources(store),
            extensions=[truth_extension(stage.truth)],
        )
        served = asyncio.get_running_loop().create_future()
        await stack.enter_async_context(beside(stage.go_on(store), stop))
        await stack.enter_async_context(beside(stage.sell(served), stop))
        if hours is not None:
            await stack.enter_async_context(beside(clock.sleep(3600 * hours), stop))

        def tell(page: int) -> None:
            served.set_result(page)
            started(Playing(page, feed))

        await program.run(stop, started=tell)


class Stage:
    """The virtual store and its wires.

    Attributes:
        reader: the LLRP reader's server. door: the counter's line.
    """

    def __init__(self, clock: FastClock) -> None:
        self._clock = clock
        self._ear = Ear()
        self._till = HttpTill()
        self._virtual: VirtualStore | None = None
        reader = LlrpReader(self._hear, ahead=READER_AHEAD_SECONDS)
        self.reader = LlrpServer(reader, clock)
        heartbeat = max(1.0, LEAST_HEARTBEAT_SECONDS * clock.speed)
        self.door = DoorLine(VirtualCounter(clock.wall(), heartbeat), clock)

    def sources(self, store: Store) -> list[Source]:
        """What the gateway listens to: what its config says, with this radio for its own."""
        radio = BleSource(BLE, "virtual", roster_of(store), scan=self._ear.open)
        return [*(source for source in sources_of(store) if source.name != BLE), radio]

    async def go_on(self, store: Store) -> None:
        """Let the virtual store live, until cancelled."""
        told = Told(self.door.see, self._ear, self._till.ring_up)
        self._virtual = VirtualStore(plan_of(store), self._clock.wall(), told)
        while True:
            self._virtual.advance(self._clock.wall())
            await self._clock.sleep(STEP_SECONDS)

    async def sell(self, served: asyncio.Future[int]) -> None:
        """Post what the till and the back office have to say, once the page is served."""
        await self._till.run(await served)

    def truth(self) -> dict[str, object]:
        """What is so right now."""
        if self._virtual is None:
            return {}
        self._virtual.advance(self._clock.wall())
        return self._virtual.truth()

    def _hear(self, antenna: int, since: float, until: float) -> Sequence[Sighting]:
        return () if self._virtual is None else self._virtual.hear(antenna, since, until)


@contextlib.asynccontextmanager
async def beside(work: Coroutine[object, object, None], stop: asyncio.Event) -> AsyncIterator[None]:
    """Run `work` while the block runs; when it ends by itself, everything ends.

    Raises:
        Exception: whatever `work` died of.
    """
    task = asyncio.create_task(work)
    task.add_done_callback(lambda _: stop.set())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait((task,))
    if not task.cancelled():
        task.result()
