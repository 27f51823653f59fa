"""The stock engine at the largest store it is meant for: time a second, memory, start-up.

20,000 tags, 32 antennas on eight readers. Each antenna finishes a round a second and hears a share
of its zone's tags in it, as many as a busy reader gets through.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from drivers.observations import Round, TagReads
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
    """Tags by number."""

    def of_bytes(self, epc: bytes) -> Item | None:
        number = int.from_bytes(epc, "big")
        return Item(f"urn:{number}", gtin_of(number % GTINS))

    def of_text(self, epc: str) -> Item | None:
        return self.of_bytes(bytes.fromhex(epc))


def _engine() -> StockEngine:
    zones = tuple(Zone(f"z{a}", ZoneKind.SHELF) for a in range(ANTENNAS - 1))
    zones += (Zone("back", ZoneKind.BACKROOM),)
    layout = Layout(
        zones=zones,
        antennas={(f"r{a // PORTS}", a % PORTS): zones[a].id for a in range(ANTENNAS)},
        articles={gtin_of(number): Article(gtin_of(number)) for number in range(GTINS)},
    )
    return StockEngine(layout, _Names())


class _Shop:
    """What the readers say, second by second."""

    def __init__(self) -> None:
        self._rng = np.random.Generator(np.random.PCG64(1))
        each = TAGS // ANTENNAS
        self._zones = [np.arange(a * each, (a + 1) * each) for a in range(ANTENNAS)]
        number = np.arange(TAGS)
        self._memory = np.zeros((TAGS, 4), np.uint8)
        self._memory[:, 2], self._memory[:, 3] = number >> 8, number & 255

    def tell(self, engine: StockEngine, t: float, heard: int) -> None:
        """One second of all readers: every antenna a round, with so many tags heard in it."""
        for antenna in range(ANTENNAS):
            reader, port = f"r{antenna // PORTS}", antenna % PORTS
            if heard:
                engine.observe(self._reads(reader, port, t, self._rows(antenna, heard)))
            engine.observe(Round(reader, t + 0.9, t + 0.9, port))

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


def _spent(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def _resident() -> float:
    """Megabytes of this process in memory."""
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def run() -> list[str]:
    """The table's lines."""
    shop, kept = _Shop(), dict[str, str]()
    before = _resident()
    engine = _engine()
    shop.tell(engine, START, TAGS)
    cold = _spent(lambda: _keep(kept, engine.advance(START + 1)))
    lines = [f"cold start, all {TAGS:,} tags in one second: {cold:.2f} s"]
    t = _settle(engine, shop, START, kept)
    for heard in (HEARD, 0):
        took = []
        for _ in range(MEASURED):
            t += 1
            shop.tell(engine, t, heard)
            took.append(_spent(lambda t=t: _keep(kept, engine.advance(t + 1))) * 1e3)  # type: ignore[misc]  # a lambda bound to its turn
        p50, p95 = np.percentile(took, [50, 95])
        lines.append(
            f"a second with {heard * ANTENNAS:,} reads: p50 {p50:.1f} ms, p95 {p95:.1f} ms"
        )
    lines.append(f"memory growth: {_resident() - before:.0f} MB")
    again = _engine()
    lines.append(f"start-up from {len(kept):,} memories: "
                 f"{_spent(lambda: again.restore(kept, t)):.2f} s")  # fmt: skip
    return lines


def _settle(engine: StockEngine, shop: _Shop, t: float, kept: dict[str, str]) -> float:
    for _ in range(WARM):
        t += 1
        shop.tell(engine, t, HEARD)
        _keep(kept, engine.advance(t + 1))
    return t


def _keep(kept: dict[str, str], changes: list[Change]) -> None:
    """What storage would keep."""
    for change in changes:
        if isinstance(change, Remember) and change.value is not None:
            kept[change.key] = change.value


if __name__ == "__main__":
    print("\n".join(run()))
