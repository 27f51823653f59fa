"""The whole program while its machine's wall clock is stepped ten years ahead and back."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

from drivers.observations import Delivery, DeliveryLine, Line, Sale
from gateway.clock import SystemClock
from gateway.config.load import load_store
from gateway.program import Program
from gateway.requests import HoldRequest

GTIN = "03453120000011"
DECADE = 10 * 365 * 86_400.0
STORE = """
[store]
id = "PAR-01"
name = "Paris Rivoli"
timezone = "Europe/Paris"
[catalogue]
file = "catalogue.csv"
[[zone]]
id = "shelf-a"
kind = "shelf"
[[door]]
id = "door-main"
driver = "milesight"
unit = "1"
[till]
sources = ["http"]
[web]
listen = "127.0.0.1:0"
"""


class FakeWall(SystemClock):
    """The machine's clock with a wall clock that somebody steps."""

    ahead = 0.0

    def wall(self) -> float:
        return super().wall() + self.ahead


def store(folder: Path) -> Path:
    (folder / "store.toml").write_text(STORE)
    (folder / "catalogue.csv").write_text(f"gtin,name\n{GTIN},Pull\n")
    return folder / "store.toml"


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not true():
            await asyncio.sleep(0.02)


async def test_the_store_goes_on_and_ends_in_the_right_year(tmp_path: Path) -> None:
    clock = FakeWall()
    program = Program(load_store(store(tmp_path)), tmp_path / "data", clock)
    stop, started = asyncio.Event(), asyncio.Event()
    task = asyncio.create_task(program.run(stop, started=lambda _: started.set()))
    desk, board = program.desk, program.desk.board

    async def sell(receipt: str) -> None:
        t = desk.now()
        await desk.record(Sale("till", t, t, receipt, (Line(GTIN, 1),)))

    try:
        await asyncio.wait_for(started.wait(), 20)
        t = desk.now()
        await desk.record(Delivery("bo", t, t, "D-1", (DeliveryLine(GTIN, 5),)))
        await desk.hold(HoldRequest("h", GTIN, 1, 30.0))
        clock.ahead = DECADE
        await until(lambda: desk.now() > t + DECADE - 60)
        await sell("R-1")
        assert board.stock[GTIN].t > t + DECADE - 60
        await until(lambda: any(one.kind == "clock_wrong" for one in board.alerts.values()))
        clock.ahead = 0.0
        await until(lambda: desk.now() < t + 60)
        await sell("R-2")
        said = board.stock[GTIN]
        assert (said.on_hand, said.reserved, said.available) == (3, 1, 2)
        assert t <= said.t < t + 60
        assert desk.ready() == []
        assert all(abs(line.t - t) < 120 for line in await desk.history(GTIN, 9))
    finally:
        stop.set()
        await asyncio.wait({task})
        task.result()
