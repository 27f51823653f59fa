"""A real folder, a clock in the test's hand, and a teller that can be a full disk."""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from drivers.observations import Device, Observation, Sale
from drivers.pos import folder as folder_module
from drivers.pos.folder import FolderSource
from drivers.source import SourceLost
from tests.drivers.hand_clock import HandClock
from tests.drivers.pos.teller import MemoryTeller

SCARF = "03453120000011"
HEAD = "kind,id,t,gtin,qty,epc\n"
SALE = f"sale,R-1,1763740800,{SCARF},1,\n"
WAIT_SECONDS = 10.0


class Bench:
    """A folder that is watched."""

    def __init__(self, path: Path, teller: MemoryTeller) -> None:
        self.path, self.teller, self.clock = path, teller, HandClock()
        self.source = FolderSource("till-file", path, teller)
        self.heard: list[Observation] = []
        self.task = asyncio.create_task(self.source.run(self.heard.append, self.clock))

    def write(self, name: str, text: str) -> Path:
        place = self.path / name
        place.write_text(text, "utf-8")
        return place

    async def until(self, seen: Callable[[], bool], *, turning: bool = True) -> None:
        """Turn the clock by tenths of a second until `seen`; the disk is really waited for."""
        async with asyncio.timeout(WAIT_SECONDS):
            while not seen():
                self.clock.now += 0.1 if turning else 0.0
                await asyncio.sleep(0.002)
                if self.task.done():
                    self.task.result()

    async def polls(self, count: int) -> None:
        """Let that many polls pass."""
        end = self.clock.now + count * folder_module.POLL_SECONDS
        await self.until(lambda: self.clock.now >= end)

    def there(self, name: str) -> bool:
        return (self.path / name).exists()


@contextlib.asynccontextmanager
async def watching(path: Path, teller: MemoryTeller) -> AsyncIterator[Bench]:
    bench = Bench(path, teller)
    try:
        await bench.until(lambda: bool(bench.heard), turning=False)
        yield bench
    finally:
        bench.task.cancel()
        await asyncio.wait({bench.task})


async def test_a_file_is_taken_and_put_away(tmp_path: Path) -> None:
    teller = MemoryTeller()
    async with watching(tmp_path, teller) as bench:
        assert isinstance(bench.heard[0], Device)
        bench.write("a.csv", HEAD + SALE)
        await bench.until(lambda: bench.there("done/a.csv"))
        assert not bench.there("a.csv")
        (sale,) = teller.told
        assert isinstance(sale, Sale)
        assert (sale.src, sale.id, sale.t) == ("till", "R-1", 1_763_740_800.0)
        await bench.until(lambda: bench.source.facts.get("files taken") == "1")
        assert not bench.source.faults


async def test_the_same_file_again_changes_nothing(tmp_path: Path) -> None:
    teller = MemoryTeller()
    async with watching(tmp_path, teller) as bench:
        bench.write("a.csv", HEAD + SALE)
        await bench.until(lambda: bench.there("done/a.csv"))
        bench.write("a.csv", HEAD + SALE)
        await bench.until(lambda: bench.there("done/a-2.csv"))
        assert (len(teller.told), teller.asked) == (1, 2)


async def test_a_faulty_file_is_quarantined_with_its_reason_and_can_be_mended(
    tmp_path: Path,
) -> None:
    teller = MemoryTeller()
    async with watching(tmp_path, teller) as bench:
        bench.write("a.csv", HEAD + SALE + f"sale,R-2,1763740801,{SCARF},none,\n")
        await bench.until(lambda: bench.there("quarantine/a.csv"))
        reason = (tmp_path / "quarantine/a.csv.reason.txt").read_text("utf-8")
        assert reason.splitlines()[0] == "line 3: qty: must be a whole number, not text"
        assert [fact.id for fact in teller.told] == ["R-1"]
        await bench.until(lambda: bench.source.facts.get("files in quarantine") == "1")
        assert bench.source.faults == {"files_quarantined": 1, "lines_refused": 1}
        bench.write("a.csv", HEAD + SALE + f"sale,R-2,1763740801,{SCARF},2,\n")
        await bench.until(lambda: bench.there("done/a.csv"))
        assert [fact.id for fact in teller.told] == ["R-1", "R-2"]


async def test_a_known_id_with_another_content_is_said_with_its_line(tmp_path: Path) -> None:
    teller = MemoryTeller()
    async with watching(tmp_path, teller) as bench:
        bench.write("a.csv", HEAD + SALE)
        await bench.until(lambda: bench.there("done/a.csv"))
        bench.write("b.csv", HEAD + SALE.replace(",1,", ",5,"))
        await bench.until(lambda: bench.there("quarantine/b.csv"))
        reason = (tmp_path / "quarantine/b.csv.reason.txt").read_text("utf-8")
        assert reason.startswith("line 2: id: R-1 is known with another content")


async def test_what_the_store_refuses_is_said(tmp_path: Path) -> None:
    teller = MemoryTeller()
    teller.refuse = "zone: cellar is no zone of this store"
    async with watching(tmp_path, teller) as bench:
        bench.write("a.csv", HEAD + SALE)
        await bench.until(lambda: bench.there("quarantine/a.csv"))
        reason = (tmp_path / "quarantine/a.csv.reason.txt").read_text("utf-8")
        assert reason.startswith("line 2: zone: cellar is no zone")


async def test_a_full_disk_leaves_the_file_where_it_lies(tmp_path: Path) -> None:
    teller = MemoryTeller()
    teller.full = True
    async with watching(tmp_path, teller) as bench:
        bench.write("a.csv", HEAD + SALE)
        await bench.until(lambda: bench.source.faults["not_stored"] >= 2)
        assert bench.there("a.csv")
        teller.full = False
        await bench.until(lambda: bench.there("done/a.csv"))
        assert len(teller.told) == 1


async def test_a_slow_till_is_waited_for(tmp_path: Path) -> None:
    teller = MemoryTeller()
    async with watching(tmp_path, teller) as bench:
        bench.write("a.csv", "")
        await bench.polls(4)
        bench.write("a.csv", HEAD + SALE[:9])
        await bench.polls(4)
        assert bench.there("a.csv")
        assert not teller.asked
        bench.write("a.csv", HEAD + SALE)
        await bench.until(lambda: bench.there("done/a.csv"))


async def test_a_file_without_a_last_line_end_is_taken_in_the_end(tmp_path: Path) -> None:
    async with watching(tmp_path, MemoryTeller()) as bench:
        bench.write("a.csv", (HEAD + SALE).rstrip("\n"))
        await bench.until(lambda: bench.there("done/a.csv"))
        assert bench.clock.now > 30


async def test_a_large_file_is_told_in_order_and_whole(tmp_path: Path) -> None:
    teller = MemoryTeller()
    async with watching(tmp_path, teller) as bench:
        rows = "".join(SALE.replace("R-1", f"R-{n}") for n in range(350))
        bench.write("a.csv", HEAD + rows)
        await bench.until(lambda: bench.there("done/a.csv"))
        assert [fact.id for fact in teller.told] == [f"R-{n}" for n in range(350)]


async def test_a_file_beyond_the_limit_is_not_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(folder_module, "FILE_BYTES", 100)
    teller = MemoryTeller()
    async with watching(tmp_path, teller) as bench:
        bench.write("a.csv", HEAD + SALE * 10)
        await bench.until(lambda: bench.there("quarantine/a.csv"))
        assert not teller.asked


async def test_a_file_that_we_may_not_read_holds_up_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = folder_module._Shelf.read

    def refusing(shelf: folder_module._Shelf, name: str) -> object:
        # Root, who runs some test machines, may read everything.
        if name == "a.csv":
            raise PermissionError(13, "Permission denied")
        return read(shelf, name)

    monkeypatch.setattr(folder_module._Shelf, "read", refusing)
    async with watching(tmp_path, MemoryTeller()) as bench:
        bench.write("a.csv", HEAD + SALE)
        bench.write("b.csv", HEAD + SALE)
        await bench.until(lambda: bench.there("done/b.csv"))
        assert bench.there("a.csv")
        assert bench.source.faults["unreadable"]


async def test_links_and_strange_files_are_left_alone(tmp_path: Path) -> None:
    outside = tmp_path / "outside.csv"
    outside.write_text(HEAD + SALE)
    watched = tmp_path / "till"
    watched.mkdir()
    (watched / "a.csv").symlink_to(outside)
    (watched / "notes.txt").write_text("hello")
    teller = MemoryTeller()
    async with watching(watched, teller) as bench:
        await bench.polls(5)
        assert bench.there("a.csv")
        assert bench.source.facts["files that are none of ours"] == "1"
        assert not teller.asked


async def test_done_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folder_module, "DONE_KEPT", 2)
    async with watching(tmp_path, MemoryTeller()) as bench:
        for number in range(4):
            place = bench.write(f"{number}.csv", HEAD + SALE.replace("R-1", f"R-{number}"))
            os.utime(place, (number, number))
        await bench.until(lambda: bench.there("done/3.csv"))
        await bench.until(lambda: not bench.there("done/1.csv"))
        assert {place.name for place in (tmp_path / "done").iterdir()} == {"2.csv", "3.csv"}


async def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    missing = tmp_path / "share"
    source = FolderSource("till-file", missing, MemoryTeller())
    with pytest.raises(SourceLost, match=r"till-file: .*share/done: No such file"):
        await source.run(lambda _: None, HandClock())
    own = FolderSource("till-file", missing, MemoryTeller(), make=True)
    task = asyncio.create_task(own.run(lambda _: None, HandClock()))
    async with asyncio.timeout(WAIT_SECONDS):
        while not (missing / "quarantine").exists():
            await asyncio.sleep(0.002)
    task.cancel()
    await asyncio.wait({task})
