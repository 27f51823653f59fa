"""What the rows of one file add up to: receipts with their voids taken out, and all other facts.

The rules, for rows of one file that bear the same id:

- CSV rows of a receipt, return or delivery are its lines. In JSON lines a receipt stands whole on
  one line: the same again is the till repeating itself, another content under that id is a fault.
- A row of a sale with a negative `qty`, and a `void` row, take goods off that receipt again. A
  receipt that is voided altogether is no fact at all.
- What is voided beyond what the file sells is goods that come back: a `Return` under the same id
  (ids of sales and returns are apart). So a void of a receipt of an earlier file counts too.
- A receipt with one faulty row is held back whole, or its correction could never be taken.

Pure: the same rows give the same facts, whenever they are read.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias

from drivers.observations import Delivery, DeliveryLine, Fact, Line, Return, Sale, Stocktake
from drivers.pos.bodies import (
    LINES_MAX,
    BodyError,
    parse_delivery,
    parse_return,
    parse_sale,
    parse_stocktake,
)
from drivers.pos.rows import Row, RowFault

TILL, BACK_OFFICE = "till", "backoffice"
KINDS = ("sale", "return", "void", "delivery", "stocktake")


@dataclass(frozen=True, slots=True)
class Told:
    """A fact and the lines of the file that say it."""

    lines: tuple[int, ...]
    fact: Fact


@dataclass(frozen=True, slots=True)
class Reading:
    """What a file says. `faults` are in the order of its lines."""

    told: tuple[Told, ...]
    faults: tuple[RowFault, ...]


def read_receipts(rows: Iterable[Row | RowFault], *, at: float, whole: bool) -> Reading:
    """The facts in `rows`.

    Args:
        rows: a file's rows.
        at: arrival time, and event time of what has none.
        whole: every row is whole, as in JSON lines; else rows of one id belong together.
    """
    gathering = _Gathering(at, whole)
    for row in rows:
        if isinstance(row, RowFault):
            gathering.faults.append(row)
        else:
            gathering.take(row)
    told = tuple(gathering.told())
    return Reading(told, tuple(sorted(gathering.faults, key=lambda fault: fault.line)))


@dataclass(slots=True)
class _Gathered:
    """All rows of one receipt or delivery."""

    lines: list[int] = field(default_factory=list)
    t: float | None = None
    sold: list[Line] = field(default_factory=list)
    voided: list[Line] = field(default_factory=list)
    returned: list[Line] = field(default_factory=list)
    delivered: list[DeliveryLine] = field(default_factory=list)
    whole: dict[str, Fact] = field(default_factory=dict)


_Key: TypeAlias = tuple[str, str]


class _Gathering:
    def __init__(self, at: float, whole: bool) -> None:  # noqa: FBT001 - said by name above
        self.faults: list[RowFault] = []
        self._at = at
        self._whole = whole
        self._by_id: dict[_Key, _Gathered] = {}
        self._broken: dict[_Key, int] = {}
        self._stocktakes: list[Told] = []

    def take(self, row: Row) -> None:
        """Take one row, or note why not."""
        kind = row.body.get("kind")
        if kind not in KINDS:
            self.faults.append(RowFault(row.line, f"kind: must be one of {', '.join(KINDS)}"))
            return
        try:
            for part, body in _by_sign(kind, row.body):
                self._add(part, row.line, body)
        except BodyError as wrong:
            self._broken.setdefault(_key(kind, str(row.body.get("id"))), row.line)
            self.faults.append(RowFault(row.line, _in_a_row(wrong, whole=self._whole)))

    def told(self) -> Iterator[Told]:
        """What the rows add up to, in the order in which each began; notes what does not add up."""
        found = list(self._stocktakes)
        for key, gathered in self._by_id.items():
            if key in self._broken:
                others = [line for line in gathered.lines if line != self._broken[key]]
                self.faults += [
                    RowFault(line, f"held back with line {self._broken[key]} of the same id")
                    for line in sorted(set(others))
                ]
            else:
                found += self._facts(key, gathered)
        yield from sorted(found, key=lambda told: told.lines[0])

    def _add(self, kind: str, line: int, body: Mapping[str, Any]) -> None:
        fact = _PARSERS[kind](body, src=_src(kind), at=self._at)
        if isinstance(fact, Stocktake):
            self._stocktakes.append(Told((line,), fact))
            return
        gathered = self._by_id.setdefault(_key(kind, fact.id), _Gathered())
        if self._whole and (before := gathered.whole.setdefault(kind, fact)) is not fact:
            if before != fact:
                raise BodyError("id", f"{fact.id} stands on another line with another content")
            return
        gathered.lines.append(line)
        if gathered.t is None and body.get("t") is not None:
            gathered.t = fact.t
        match fact:
            case Sale(lines=lines):
                gathered.sold += lines
            case Return(lines=lines):
                (gathered.voided if kind == "void" else gathered.returned).extend(lines)
            case Delivery(lines=goods):
                gathered.delivered += goods

    def _facts(self, key: _Key, gathered: _Gathered) -> Iterator[Told]:
        lines = tuple(sorted(set(gathered.lines)))
        t = self._at if gathered.t is None else gathered.t
        sold, back = _netted(gathered.sold, gathered.voided)
        returned = [*gathered.returned, *back]
        if max(len(sold), len(returned), len(gathered.delivered)) > LINES_MAX:
            self.faults.append(RowFault(lines[0], f"has more than {LINES_MAX} lines"))
            return
        name = key[1]
        if sold:
            yield Told(lines, Sale(TILL, t, self._at, name, tuple(sold)))
        if returned:
            yield Told(lines, Return(TILL, t, self._at, name, tuple(returned)))
        if gathered.delivered:
            goods, twice = _by_gtin(gathered.delivered)
            if twice:
                self.faults.append(RowFault(lines[0], f"epc: {twice} is delivered twice"))
                return
            yield Told(lines, Delivery(BACK_OFFICE, t, self._at, name, goods))


def _void(body: Mapping[str, Any], *, src: str, at: float) -> Return:
    return parse_return({**body, "kind": "return"}, src=src, at=at)


_PARSERS: Mapping[str, Callable[..., Fact]] = {
    "sale": parse_sale,
    "return": parse_return,
    "void": _void,
    "delivery": parse_delivery,
    "stocktake": parse_stocktake,
}


def _key(kind: str, name: str) -> _Key:
    """Sales, returns and voids of one id are one receipt; a delivery is a thing of its own."""
    return ("delivery" if kind == "delivery" else "stocktake" if kind == "stocktake" else "", name)


def _src(kind: str) -> str:
    return BACK_OFFICE if kind in ("delivery", "stocktake") else TILL


def _by_sign(kind: str, body: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """A sale's lines of negative quantity as the void that they are; all else as it stands."""
    lines = body.get("lines")
    if kind not in ("sale", "void") or not isinstance(lines, list):
        yield kind, body
        return
    negative = [line for line in lines if _negative(line)]
    positive = [line for line in lines if not _negative(line)]
    mended = [{**line, "qty": -line["qty"]} for line in negative]
    if kind == "void":
        # Some tills write a void's quantity with its sign, some without: either takes goods off.
        yield kind, {**body, "lines": [*positive, *mended]}
        return
    if positive or not negative:
        yield kind, {**body, "lines": positive}
    if mended:
        yield "void", {**body, "kind": "void", "lines": mended}


def _negative(line: object) -> bool:
    qty = line.get("qty") if isinstance(line, Mapping) else None
    return isinstance(qty, int) and not isinstance(qty, bool) and qty < 0


def _netted(sold: list[Line], voided: list[Line]) -> tuple[list[Line], list[Line]]:
    """What stays sold, and what comes back beyond it. A void takes the newest line first."""
    left, back = list(sold), []
    for void in voided:
        qty = void.qty
        for place in range(len(left) - 1, -1, -1):
            line = left[place]
            fits = line.gtin == void.gtin and (void.epc is None or line.epc == void.epc)
            if fits and line.qty:
                off = min(qty, line.qty)
                left[place], qty = _less(line, off), qty - off
        if qty:
            back.append(replace(void, qty=qty))
    return [line for line in left if line.qty], back


def _less(line: Line, off: int) -> Line:
    """A line without `off` of its units; each cost the same, or nobody knows what."""
    amount, rest = divmod((line.amount or 0) * (line.qty - off), line.qty)
    known = None if line.amount is None or rest else amount
    return replace(line, qty=line.qty - off, amount=known)


def _by_gtin(goods: list[DeliveryLine]) -> tuple[tuple[DeliveryLine, ...], str]:
    """One line a GTIN, and an EPC that stands twice, if one does."""
    merged: dict[str, DeliveryLine] = {}
    for line in goods:
        before = merged.get(line.gtin, DeliveryLine(line.gtin, 0))
        merged[line.gtin] = DeliveryLine(line.gtin, before.qty + line.qty, before.epcs + line.epcs)
    times = Counter(tag for line in merged.values() for tag in line.epcs)
    twice = next((tag for tag, count in times.items() if count > 1), "")
    return tuple(merged.values()), twice


def _in_a_row(wrong: BodyError, *, whole: bool) -> str:
    """The faults with the names of columns: a CSV row has one line of goods."""
    text = str(wrong)
    return text if whole else text.replace("lines[0].epcs[0]", "epc").replace("lines[0].", "")
