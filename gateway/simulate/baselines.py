"""Rules to compare with: what others do, and what a few lines can do.

Each takes observations and is advanced on whole seconds, as the engines are, and says timeline
`stock` lines. They know the antennas' zones and nothing else of the store.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from drivers.observations import (
    Delivery,
    Observation,
    Return,
    Sale,
    Stocktake,
    TagReads,
)
from drivers.rfid.naming import EpcNaming
from gateway.simulate.plan import StorePlan
from gateway.simulate.reading import Line

Ints = NDArray[np.int64]
NOWHERE = -1


class Rule(Protocol):
    """One way to say what is there."""

    name: str

    def observe(self, obs: Observation) -> None:
        """Take an observation, in order of arrival."""

    def advance(self, now: float) -> Iterator[Line]:
        """The `stock` lines that are new at `now`."""


class BookStock:
    """What the till and the back office wrote down; no sensor. It knows no zones."""

    name = "book stock"

    def __init__(self) -> None:
        self._book: dict[str, int] = {}
        self._changed: dict[str, None] = {}

    def observe(self, obs: Observation) -> None:
        """Add and take away; a count of the whole building is the truth of its moment."""
        match obs:
            case Stocktake(zone=None):
                self._book[obs.gtin] = obs.qty
                self._changed[obs.gtin] = None
            case Sale():
                self._move(-1, obs)
            case Return() | Delivery():
                self._move(1, obs)

    def advance(self, now: float) -> Iterator[Line]:
        """The lines of GTINs whose book changed."""
        for gtin in self._changed:
            yield stock_line(now, gtin, max(0, self._book[gtin]), None)
        self._changed.clear()

    def _move(self, sign: int, obs: Sale | Return | Delivery) -> None:
        for line in obs.lines:
            self._book[line.gtin] = self._book.get(line.gtin, 0) + sign * line.qty
            self._changed[line.gtin] = None


class TagRule:
    """What the rules about tags share: rows for EPCs, zones for antennas, lines for changes."""

    name = ""

    def __init__(self, plan: StorePlan) -> None:
        self.zones = [zone.id for zone in plan.zones]
        self.kinds = [zone.kind for zone in plan.zones]
        self.antennas = {(a.reader, a.number): i for i, a in enumerate(plan.antennas)}
        zones = [self.zones.index(a.zone) for a in plan.antennas]
        self.zone_of = np.array(zones or [0], np.int64)
        self._gtins: dict[str, int] = {}
        self._names: list[str] = []
        self._rows: dict[bytes, int] = {}
        self._urns: dict[str, int] = {}
        self._naming = EpcNaming()
        self._said: NDArray[np.int64] = np.zeros((0, len(self.zones) + 1), np.int64)
        self.gtin: Ints = np.zeros(0, np.int64)
        self.count = 0

    def observe(self, obs: Observation) -> None:
        """Take reads, one antenna at a time, and facts."""
        if isinstance(obs, TagReads):
            for number in np.unique(obs.antenna).tolist():
                place = self.antennas.get((obs.src, number))
                if place is not None:
                    self._one_antenna(obs, np.flatnonzero(obs.antenna == number), place)
        elif isinstance(obs, Sale | Return | Delivery | Stocktake):
            self.told(obs)

    def advance(self, now: float) -> Iterator[Line]:
        """The lines of GTINs whose tags moved."""
        where = self.settle(now)
        wide = len(self.zones) + 1
        known = np.flatnonzero(where[: self.count] != NOWHERE)
        cells = self.gtin[known] * wide + where[known]
        counts = np.bincount(cells, minlength=len(self._names) * wide)
        table = counts.reshape(-1, wide)
        said = np.zeros_like(table)
        said[: len(self._said)] = self._said
        for gtin in np.flatnonzero((table != said).any(axis=1)).tolist():
            row = table[gtin].tolist()
            zones = {zone: n for zone, n in zip(self.zones, row, strict=False) if n}
            yield stock_line(now, self._names[gtin], sum(row), zones)
        self._said = table

    def heard(self, rows: Ints, antenna: int, t: float, reads: Reads) -> None:
        """One antenna read these tags, each row once."""
        raise NotImplementedError

    def told(self, fact: Sale | Return | Delivery | Stocktake) -> None:
        """What somebody wrote down; windows do not listen."""

    def settle(self, now: float) -> Ints:
        """The zone index of each tag now, `NOWHERE` for what is not there."""
        raise NotImplementedError

    def grow(self, rows: int) -> None:
        """Make room for that many tags."""
        raise NotImplementedError

    def row_of_urn(self, urn: str) -> int | None:
        """The row of an item that was read before."""
        item = self._naming.of_text(urn)
        return None if item is None else self._urns.get(item.urn)

    def gtin_index(self, gtin: str) -> int:
        """The index of a GTIN, new if need be."""
        if gtin not in self._gtins:
            self._gtins[gtin] = len(self._names)
            self._names.append(gtin)
        return self._gtins[gtin]

    def _one_antenna(self, obs: TagReads, which: Ints, antenna: int) -> None:
        epcs = obs.epcs()
        found = [self._row(epcs[i]) for i in which.tolist()]
        rows = np.array(found, np.int64)
        ours = rows != NOWHERE
        rows, which = rows[ours], which[ours]
        if not len(rows):
            return
        rows, first = np.unique(rows, return_index=True)
        which = which[first]
        self.heard(rows, antenna, float(obs.t.max()), Reads(obs.rssi[which], obs.n[which]))

    def _row(self, epc: bytes) -> int:
        row = self._rows.get(epc)
        if row is not None:
            return row
        item = self._naming.of_bytes(epc)
        if item is None:
            self._rows[epc] = NOWHERE
            return NOWHERE
        row = self._rows[epc] = self._urns[item.urn] = self.count
        self.count += 1
        if row >= len(self.gtin):
            room = 2 * len(self.gtin) + 64
            self.gtin = np.concatenate([self.gtin, np.zeros(room - len(self.gtin), np.int64)])
            self.grow(room)
        self.gtin[row] = self.gtin_index(item.gtin)
        return row


class Reads:
    """Signal strength and number of reads of each row of a batch."""

    __slots__ = ("n", "rssi")

    def __init__(self, rssi: NDArray[np.float32], n: NDArray[np.int32]) -> None:
        self.rssi, self.n = rssi, n


class Window(TagRule):
    """A tag is there for `seconds` after a read, in the zone with the most reads in that time."""

    def __init__(self, plan: StorePlan, seconds: float) -> None:
        super().__init__(plan)
        self.name = f"window {seconds:.0f} s"
        self._seconds = seconds
        self._reads = np.zeros((0, len(self.zones)), np.int64)
        self._held: deque[tuple[float, Ints, int, NDArray[np.int32]]] = deque()

    def heard(self, rows: Ints, antenna: int, t: float, reads: Reads) -> None:
        """Count the reads in until they are too old."""
        zone = int(self.zone_of[antenna])
        self._reads[rows, zone] += reads.n
        self._held.append((t, rows, zone, reads.n))

    def settle(self, now: float) -> Ints:
        """The zone with the most reads in the window."""
        while self._held and self._held[0][0] < now - self._seconds:
            _, rows, zone, n = self._held.popleft()
            self._reads[rows, zone] -= n
        best = self._reads.argmax(axis=1)
        return np.where(self._reads.any(axis=1), best, NOWHERE)

    def grow(self, rows: int) -> None:
        """Make room."""
        more = np.zeros((rows - len(self._reads), len(self.zones)), np.int64)
        self._reads = np.concatenate([self._reads, more])


class EdgeX(TagRule):
    """The rule of EdgeX Foundry's app-rfid-llrp-inventory 4, with its shipped defaults.

    A tag is where its antenna is; it moves when the mean of the last 20 RSSI values at another
    (at least 2 there) exceeds that at the present one by an offset: `threshold` dB until `holdoff`
    seconds after the present one's last read, from then on less by `slope` dB a second. It departs
    after `departs` seconds without a read, looked at every 30 s, and then starts afresh.
    """

    RING = 20
    CHECK_SECONDS = 30.0

    def __init__(
        self,
        plan: StorePlan,
        departs: float = 600.0,
        threshold: float = 6.0,
        holdoff: float = 0.5,
        slope: float = -8.0,
    ) -> None:
        super().__init__(plan)
        self.name = f"EdgeX {departs:.0f} s"
        self._departs, self._threshold = departs, threshold
        self._holdoff, self._slope = holdoff, slope
        self._wide = max(1, len(self.antennas))
        self._at: Ints = np.zeros(0, np.int64)
        self._seen = np.zeros(0, np.float64)
        self._ring = np.zeros((0, self._wide, self.RING), np.float32)
        self._filled = np.zeros((0, self._wide), np.int64)
        self._last = np.zeros((0, self._wide), np.float64)
        self._checked = 0.0

    def heard(self, rows: Ints, antenna: int, t: float, reads: Reads) -> None:
        """Put the strengths into the rings and move what must move."""
        self._ring[rows, antenna, self._filled[rows, antenna] % self.RING] = reads.rssi
        self._filled[rows, antenna] += 1
        self._last[rows, antenna] = self._seen[rows] = t
        at = self._at[rows]
        self._at[rows[at == NOWHERE]] = antenna
        other = rows[(at != NOWHERE) & (at != antenna) & (self._filled[rows, antenna] >= 2)]
        if len(other):
            now_at = self._at[other]
            idle = t - self._last[other, now_at]
            offset = self._threshold + self._slope * (idle - self._holdoff)
            stay = self._mean(other, now_at) + np.minimum(offset, self._threshold)
            here = self._mean(other, np.full(len(other), antenna))
            self._at[other[here > stay]] = antenna

    def settle(self, now: float) -> Ints:
        """Where each tag is; every half minute those long silent depart."""
        if now >= self._checked + self.CHECK_SECONDS:
            self._checked = now
            late = np.flatnonzero((self._at != NOWHERE) & (self._seen < now - self._departs))
            self._at[late] = NOWHERE
            self._filled[late] = 0
        return np.where(self._at != NOWHERE, self.zone_of[self._at], NOWHERE)

    def grow(self, rows: int) -> None:
        """Make room."""
        more = rows - len(self._at)
        self._at = np.concatenate([self._at, np.full(more, NOWHERE, np.int64)])
        self._seen = np.concatenate([self._seen, np.zeros(more)])
        ring = np.zeros((more, self._wide, self.RING), np.float32)
        self._ring = np.concatenate([self._ring, ring])
        self._filled = np.concatenate([self._filled, np.zeros((more, self._wide), np.int64)])
        self._last = np.concatenate([self._last, np.zeros((more, self._wide))])

    def _mean(self, rows: Ints, antennas: Ints) -> NDArray[np.float64]:
        filled = np.minimum(self._filled[rows, antennas], self.RING)
        rings = self._ring[rows, antennas]
        total = np.where(np.arange(self.RING) < filled[:, None], rings, 0.0).sum(axis=1)
        return np.asarray(total / np.maximum(filled, 1), np.float64)


class LastWellRead(TagRule):
    """The rule to beat: an item stays where it was last well read until sold or seen leaving.

    Reads fade by 7 % a second; a move needs 1.8 times the reads of the present zone; a sale takes
    the item of that GTIN last heard at till or exit; an item last well read at the exit and silent
    since has left.
    """

    name = "last well read"
    FADE, MOVES = 0.93, 1.8
    LEFT_AFTER = 15.0
    """Seconds without a word after the exit heard it best."""

    def __init__(self, plan: StorePlan) -> None:
        super().__init__(plan)
        self._out = np.array([kind in {"till", "exit"} for kind in self.kinds])
        self._exit = np.array([kind == "exit" for kind in self.kinds])
        self._level = np.zeros((0, len(self.zones)), np.float64)
        self._at: Ints = np.zeros(0, np.int64)
        self._heard = np.zeros(0, np.float64)
        self._heard_out = np.zeros(0, np.float64)
        self._sold = np.zeros(0, np.bool_)
        self._now: float | None = None

    def heard(self, rows: Ints, antenna: int, t: float, reads: Reads) -> None:
        """Add to the zone's level."""
        zone = int(self.zone_of[antenna])
        self._level[rows, zone] += reads.n
        self._heard[rows] = t
        if self._out[zone]:
            self._heard_out[rows] = t

    def settle(self, now: float) -> Ints:
        """Move what is now much better read elsewhere; let go what left."""
        rows = np.arange(len(self._at))
        best = self._level.argmax(axis=1) if len(rows) else rows
        present = np.where(self._at != NOWHERE, self._level[rows, self._at], 0.0)
        moves = (self._level[rows, best] > self.MOVES * present) & (self._level[rows, best] >= 1.0)
        moves &= ~self._sold
        self._at[moves] = best[moves]
        at_exit = (self._at != NOWHERE) & self._exit[self._at]
        self._at[at_exit & (self._heard < now - self.LEFT_AFTER)] = NOWHERE
        since = 1.0 if self._now is None else max(0.0, now - self._now)
        self._level *= self.FADE**since
        self._now = now
        return np.where(self._sold, NOWHERE, self._at)

    def told(self, fact: Sale | Return | Delivery | Stocktake) -> None:
        """Sales take an item away, returns bring the one last heard back."""
        if isinstance(fact, Sale | Return):
            for line in fact.lines:
                for _ in range(line.qty):
                    self._take(line.gtin, line.epc, sold=isinstance(fact, Sale))

    def grow(self, rows: int) -> None:
        """Make room."""
        more = rows - len(self._at)
        self._level = np.concatenate([self._level, np.zeros((more, len(self.zones)))])
        self._at = np.concatenate([self._at, np.full(more, NOWHERE, np.int64)])
        self._heard = np.concatenate([self._heard, np.full(more, -np.inf)])
        self._heard_out = np.concatenate([self._heard_out, np.full(more, -np.inf)])
        self._sold = np.concatenate([self._sold, np.zeros(more, np.bool_)])

    def _take(self, gtin: str, epc: str | None, *, sold: bool) -> None:
        row = None if epc is None else self.row_of_urn(epc)
        if row is None:
            known = np.arange(self.count)
            of_gtin = self.gtin[: self.count] == self.gtin_index(gtin)
            fits = known[of_gtin & (self._sold[: self.count] != sold)]
            if not len(fits):
                return
            by = self._heard_out[fits] if sold else self._heard[fits]
            # With none heard on its way out, the one that has been silent longest.
            row = int(fits[by.argmax() if np.isfinite(by).any() else self._heard[fits].argmin()])
        self._sold[row] = sold
        if not sold:
            self._level[row] = 0.0


def stock_line(t: float, gtin: str, on_hand: int, zones: dict[str, int] | None) -> Line:
    """A timeline line of a rule that is always sure."""
    line: Line = {
        "t": t,
        "kind": "stock",
        "gtin": gtin,
        "on_hand": on_hand,
        "expected": float(on_hand),
        "p_available": float(on_hand > 0),
        "available": on_hand,
        "state": "in_stock" if on_hand > 0 else "out_of_stock",
    }
    return line if zones is None else line | {"zones": zones}


def rules(plan: StorePlan) -> list[Rule]:
    """Every rule of the table, fresh."""
    return [
        BookStock(),
        Window(plan, 25.0),
        Window(plan, 600.0),
        EdgeX(plan),
        EdgeX(plan, departs=60.0),
        LastWellRead(plan),
    ]
