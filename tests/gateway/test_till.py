"""A till's file through the whole program: dropped in, on disk, on the page, and over a restart."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from drivers.observations import Stocktake
from drivers.pos.telling import Answer, NotNow, Refused
from gateway.clock import SystemClock
from gateway.config.load import load_store
from gateway.program import Program
from gateway.requests import NotStored, Verdict
from gateway.till import TillDesk

SCARF = "03453120000011"
STORE = """
[store]
id = "X"
[[zone]]
id = "shelf-a"
[catalogue]
file = "catalogue.csv"
[till]
sources = ["file"]
[web]
listen = "127.0.0.1:0"
"""
WAIT_SECONDS = 20.0


def stocktake(zone: str | None) -> Stocktake:
    return Stocktake("backoffice", 1.0, 1.0, SCARF, 3, zone)


async def test_the_desks_words_in_the_drivers_words() -> None:
    async def record(_fact: object) -> Verdict:
        if full:
            raise NotStored("no space left")
        return Verdict.KNOWN

    full = False
    desk = TillDesk(record, ["shelf-a"])
    assert await desk.record(stocktake(None)) is Answer.KNOWN
    assert await desk.record(stocktake("shelf-a")) is Answer.KNOWN
    with pytest.raises(Refused, match="zone: cellar is no zone of this store"):
        await desk.record(stocktake("cellar"))
    full = True
    with pytest.raises(NotNow, match="no space left"):
        await desk.record(stocktake(None))


async def run_until_done(folder: Path, files: dict[str, str]) -> tuple[int, str]:
    """Run a gateway, drop `files` in, wait until they are put away; stock and device state."""
    program = Program(load_store(folder / "store.toml"), folder / "data", SystemClock())
    stop, started = asyncio.Event(), asyncio.Event()
    task = asyncio.create_task(program.run(stop, started=lambda _: started.set()))
    till = folder / "data" / "till"
    try:
        async with asyncio.timeout(WAIT_SECONDS):
            await started.wait()
            while not (till / "quarantine").exists():
                await asyncio.sleep(0.01)
            for name, text in files.items():
                (till / f"{name}.tmp").write_text(text, "utf-8")
                (till / f"{name}.tmp").rename(till / name)
            while any((till / name).exists() for name in files):
                await asyncio.sleep(0.01)
            while program.desk.board.device("till-file").state != "ok":
                await asyncio.sleep(0.01)
        return program.desk.board.stock[SCARF].on_hand, program.desk.board.device("till-file").state
    finally:
        stop.set()
        await asyncio.wait({task})
        task.result()


async def test_a_file_is_stock_and_stays_so(tmp_path: Path) -> None:
    (tmp_path / "store.toml").write_text(STORE, "utf-8")
    (tmp_path / "catalogue.csv").write_text(f"gtin,name\n{SCARF},Scarf\n", "utf-8")
    head = "kind,id,t,gtin,qty,zone\n"
    files = {
        "1.csv": f"{head}delivery,A-1,,{SCARF},10,\nsale,R-1,,{SCARF},2,\n",
        "2.jsonl": f'{{"kind": "void", "id": "R-0", "lines": [{{"gtin": "{SCARF}", "qty": 1}}]}}\n',
        "3.csv": f"{head}stocktake,S-1,,{SCARF},3,cellar\n",
    }
    on_hand, state = await run_until_done(tmp_path, files)
    assert state == "ok"
    assert on_hand == 9
    till = tmp_path / "data" / "till"
    assert {path.name for path in (till / "done").iterdir()} == {"1.csv", "2.jsonl"}
    reason = (till / "quarantine" / "3.csv.reason.txt").read_text("utf-8")
    assert reason.startswith("line 2: zone: cellar is no zone of this store")
    again, _ = await run_until_done(tmp_path, {"1.csv": files["1.csv"]})
    assert again == on_hand
