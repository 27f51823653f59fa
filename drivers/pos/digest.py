"""One short text for what a fact says, to tell a repeat from another fact under the same id.

A till repeats a body when an answer was lost. The repeat arrives later, maybe by another way, so
neither arrival time nor source belong to what it says. The event time does, but only where the body
gave it: left out, it is the arrival time and differs with every repeat. A fact does not carry which
of the two it was; `t == at` is taken as "left out". The one case where this misleads (a body whose
`t` is, to the bit, the moment of its first arrival) ends in CONFLICT for the repeat, and changes
nothing in the stock.
"""

from __future__ import annotations

import hashlib
import json

from drivers.observations import Delivery, Fact, Line, Return, Sale, Stocktake


def fact_digest(fact: Fact) -> str:
    """32 hex digits, the same for the same content on every machine and in every release.

    Written forms that mean the same (a GTIN in 13 or 14 digits, hex in either case, a time as
    seconds or as text) have one digest, as the parser has made them one. The order of lines counts.
    """
    t = None if fact.t == fact.at else fact.t
    content = json.dumps([type(fact).__name__, t, *_content(fact)], separators=(",", ":"))
    return hashlib.sha256(content.encode()).hexdigest()[:32]


def _content(fact: Fact) -> list[object]:
    match fact:
        case Sale() | Return():
            return [fact.id, [_line(line) for line in fact.lines]]
        case Delivery():
            return [fact.id, [[line.gtin, line.qty, *line.epcs] for line in fact.lines]]
        case Stocktake():
            return [fact.id, fact.gtin, fact.qty, fact.zone]


def _line(line: Line) -> list[object]:
    """Without an amount as it was before there were any: a repeat may come after an update."""
    return [line.gtin, line.qty, line.epc, *(() if line.amount is None else (line.amount,))]
