"""The stock engine at the largest store it is meant for: time a second, memory, start-up.

20,000 tags, 32 antennas on eight readers. Each antenna finishes a round a second and hears a share
of its zone's tags in it, as many as a busy reader gets through. Times are CPU time of the process,
with one thread for numpy's products as the gateway has it. The second store is the same with a
planogram and counted books, a tenth of which have a unit that no antenna hears.
"""

from __future__ import annotations

import os
import resource
import time
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np
from numpy.typing import NDArray

from drivers.observations import Round, Stocktake, TagReads
from gateway.changes import Change, Remember
from gateway.simulate.random_plans import gtin_of
from gateway.stock.engine import StockEngine
from gateway.stock.layout import Article, Item, Layout, Zone, ZoneKind

TAGS, ANTENNAS, PORTS, GTINS = 20_000, 32, 4, 2_000
HEARD = 50
"""Tags that one antenna hears in a round: 200 a second and reader."""
CROSS = 0.02
"""Share of the reads that come from a neighbouring zone."""
START = 1_763_740_800.0
WARM, MEASURED = 450, 60


class _Names:
    """Tags by number: by turns of all GTINs, or `each` of one GTIN after another."""

    def __init__(self, each: int | None = None) -> None:
        self._each = each

    def of_bytes(self, epc: bytes) -> Item | None:
        number = int.from_bytes(epc, "big")
        which = number % GTINS if self._each is None else number // self._each
        return Item(f"urn:{number}", gtin_of(which))

    def of_text(self, epc: str) -> Item | None:
        return self.of_bytes(bytes.fromhex(epc))


def _engine(*, books: bool = False) -> StockEngine:
    zones = tuple(Zone(f"z{a}", ZoneKind.SHELF) for a in range(ANTENNAS - 1))
    zones += (Zone("back", ZoneKind.BACKROOM),)
    each = TAGS // GTINS
    planned = {(zones[g * ANTENNAS // GTINS].id, gtin_of(g)): each for g in range(GTINS)}
    layout = Layout(
        zones=zones,
        antennas={(f"r{a // PORTS}", a % PORTS): zones[a].id for a in range(ANTENNAS)},
        articles={gtin_of(number): Article(gtin_of(number)) for number in range(GTINS)},
        planogram=planned if books else {},
    )
    return StockEngine(layout, _Names(each if books else None))


def _count(engine: StockEngine, t: float) -> None:
    """People count every GTIN: a tenth of them has one unit more than it has tags."""
    for g in range(GTINS):
        engine.observe(Stocktake("till", t, t, gtin_of(g), TAGS // GTINS + (g % 10 == 0)))


class _Shop:
    """What the readers say, second by second."""

    def __init__(self) -> None:
        self._rng = np.random.Generator(np.random.PCG64(1))
        each = TAGS // ANTENNAS
        self._zones = [np.arange(a * each, (a + 1) * each) for a in range(ANTENNAS)]
        number = np.arange(TAGS)
        self._memory = np.zeros((TAGS, 4), np.uint8)
        self._memory[:, 2], self._memory[:, 3] = number >> 8, number & 255

    def says(self, t: float, heard: int) -> list[TagReads | Round]:
        """One second of all readers: every antenna a round, with so many tags heard in it."""
        said: list[TagReads | Round] = []
        for antenna in range(ANTENNAS):
            reader, port = f"r{antenna // PORTS}", antenna % PORTS
            if heard:
                said.append(self._reads(reader, port, t, self._rows(antenna, heard)))
            said.append(Round(reader, t + 0.9, t + 0.9, port))
        return said

    def _rows(self, antenna: int, heard: int) -> NDArray[np.int64]:
        rows = self._rng.choice(self._zones[antenna], min(heard, TAGS // ANTENNAS), replace=False)
        cross = self._rng.random(len(rows)) < CROSS
        other = self._zones[(antenna + 1) % ANTENNAS]
        return np.asarray(np.where(cross, self._rng.choice(other, len(rows)), rows), np.int64)

    def _reads(self, reader: str, port: int, t: float, rows: NDArray[np.int64]) -> TagReads:
        n = len(rows)
        return TagReads(
            reader, t + 0.5, np.full(n, t + 0.5), np.full(n, port, np.int32), self._memory[rows],
            np.full(n, 4, np.int32), np.full(n, -60, np.float32), np.ones(n, np.int32),
        )  # fmt: skip


def _take_in(engine: StockEngine, said: list[TagReads | Round]) -> None:
    for obs in said:
        engine.observe(obs)


def _spent(work: Callable[[], object]) -> float:
    begun = time.process_time()
    work()
    return time.process_time() - begun


def _resident() -> float:
    """Megabytes of this process in memory."""
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def _most_resident() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6


def run() -> list[str]:
    """The table's lines."""
    shop, kept = _Shop(), dict[str, str]()
    before = _resident()
    engine = _engine()
    _take_in(engine, shop.says(START, TAGS))
    cold = _spent(lambda: _keep(kept, engine.advance(START + 1)))
    lines = [f"cold start, all {TAGS:,} tags in one second: {cold:.2f} s"]
    t, seconds = _seconds(engine, shop, kept)
    lines += seconds
    lines.append(f"memory growth: {_resident() - before:.0f} MB, "
                 f"at most {_most_resident() - before:.0f} MB")  # fmt: skip
    again = _engine()
    lines.append(f"start-up from {len(kept):,} memories: "
                 f"{_spent(lambda: again.restore(kept, t)):.2f} s")  # fmt: skip
    counted = _engine(books=True)
    _count(counted, START)
    lines += [f"with books, {line}" for line in _seconds(counted, _Shop(), {})[1]]
    return lines


def _seconds(engine: StockEngine, shop: _Shop, kept: dict[str, str]) -> tuple[float, list[str]]:
    """The time after a while in a store, and what its seconds cost then."""
    t = _settle(engine, shop, START, kept)
    lines = []
    for heard in (HEARD, 0):
        told, took = [], []
        for _ in range(MEASURED):
            t += 1
            taken_in, rest = _spent_in_second(engine, shop, t, heard, kept)
            told.append(taken_in * 1e3)
            took.append(rest * 1e3)
        lines.append(f"a second with {heard * ANTENNAS:,} reads: {_spread(took)}; "
                     f"to take them in before: {_spread(told)}")  # fmt: skip
    return t, lines


def _spent_in_second(
    engine: StockEngine, shop: _Shop, t: float, heard: int, kept: dict[str, str]
) -> tuple[float, float]:
    """Seconds to take in what readers say in one second, and to weigh and answer it."""
    said = shop.says(t, heard)
    taken_in = _spent(lambda: _take_in(engine, said))
    return taken_in, _spent(lambda: _keep(kept, engine.advance(t + 1)))


def _spread(ms: list[float]) -> str:
    p50, p95 = np.percentile(ms, [50, 95])
    return f"min {min(ms):.1f}, p50 {p50:.1f}, p95 {p95:.1f} ms"


def _settle(engine: StockEngine, shop: _Shop, t: float, kept: dict[str, str]) -> float:
    for _ in range(WARM):
        t += 1
        _take_in(engine, shop.says(t, HEARD))
        _keep(kept, engine.advance(t + 1))
    return t


def _keep(kept: dict[str, str], changes: list[Change]) -> None:
    """What storage would keep."""
    for change in changes:
        if isinstance(change, Remember) and change.value is not None:
            kept[change.key] = change.value


if __name__ == "__main__":
    print("\n".join(run()))
