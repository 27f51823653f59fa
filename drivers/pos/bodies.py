"""Bodies of sales, returns, deliveries and stocktakes become facts, or every fault is named.

The shapes are those of the capture format, with or without `kind`; `src` is what the caller says,
never what the body says. Fields that are not known are passed over. `t` may be left out: the fact
then happened when it arrived. Limits: 1 to `LINES_MAX` lines, `EPCS_MAX` EPCs a body, and those of
`drivers.pos.fields`.

All four functions raise `BodyError`, which names the wrong fields by their paths.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from drivers.observations import Delivery, DeliveryLine, Line, Return, Sale, Stocktake
from drivers.pos.fields import BodyError, Faults, amount, epc, event_time, gtin, named, qty, text

__all__ = ["BodyError", "parse_delivery", "parse_return", "parse_sale", "parse_stocktake"]

LINES_MAX = 1_000
EPCS_MAX = 20_000


def parse_sale(body: object, *, src: str, at: float) -> Sale:
    """`{"id", "lines": [{"gtin", "qty", "epc"?, "amount"?}], "t"?}`: goods sold.

    Raises:
        BodyError: what is wrong, field by field.
    """
    faults = Faults()
    fields = _object(body, "sale")
    t = event_time(fields.get("t"), "t", faults, at=at)
    key = text(fields.get("id"), "id", faults)
    lines = _till_lines(fields, faults, paid=True)
    faults.check()
    return Sale(src, t, at, key, lines)


def parse_return(body: object, *, src: str, at: float) -> Return:
    """`{"id", "lines": [{"gtin", "qty", "epc"?}], "t"?}`: goods brought back by a customer.

    An `amount` is passed over: tickets are worth what was sold on them.

    Raises:
        BodyError: what is wrong, field by field.
    """
    faults = Faults()
    fields = _object(body, "return")
    t = event_time(fields.get("t"), "t", faults, at=at)
    key = text(fields.get("id"), "id", faults)
    lines = _till_lines(fields, faults, paid=False)
    faults.check()
    return Return(src, t, at, key, lines)


def parse_delivery(body: object, *, src: str, at: float) -> Delivery:
    """`{"id", "lines": [{"gtin", "qty", "epcs"?}], "t"?}`: goods received into the building.

    Raises:
        BodyError: what is wrong, field by field; an EPC that stands twice is a fault too, because
            one thing cannot be delivered twice in one delivery.
    """
    faults = Faults()
    fields = _object(body, "delivery")
    t = event_time(fields.get("t"), "t", faults, at=at)
    key = text(fields.get("id"), "id", faults)
    seen: set[str] = set()
    lines = tuple(
        DeliveryLine(
            gtin(line.get("gtin"), f"{path}.gtin", faults),
            units := qty(line.get("qty"), f"{path}.qty", faults),
            _epcs(line.get("epcs"), f"{path}.epcs", faults, units, seen),
        )
        for path, line in _lines(fields, faults)
    )
    faults.check()
    return Delivery(src, t, at, key, lines)


def parse_stocktake(body: object, *, src: str, at: float) -> Stocktake:
    """`{"gtin", "qty", "zone"?, "id"?, "t"?}`: a person counted; without `zone` the whole building.

    Raises:
        BodyError: what is wrong, field by field.
    """
    faults = Faults()
    fields = _object(body, "stocktake")
    t = event_time(fields.get("t"), "t", faults, at=at)
    code = gtin(fields.get("gtin"), "gtin", faults)
    units = qty(fields.get("qty"), "qty", faults, least=0)
    zone = _text_or_none(fields, "zone", faults)
    key = _text_or_none(fields, "id", faults)
    faults.check()
    return Stocktake(src, t, at, code, units, zone, key)


def _object(body: object, kind: str) -> Mapping[str, Any]:
    if not isinstance(body, Mapping):
        raise BodyError("body", f"must be an object, not {named(body)}")
    # A return sent to the address for sales must not be taken for a sale.
    if body.get("kind", kind) != kind:
        raise BodyError("kind", f"must be {kind} or left out")
    return body


def _lines(fields: Mapping[str, Any], faults: Faults) -> Iterator[tuple[str, Mapping[str, Any]]]:
    lines = fields.get("lines")
    if not isinstance(lines, list):
        faults.add("lines", f"must be a list, not {named(lines)}")
        return
    if not 1 <= len(lines) <= LINES_MAX:
        faults.add("lines", f"must have 1 to {LINES_MAX} lines, not {len(lines)}")
        return
    for number, line in enumerate(lines):
        if faults.full:
            return
        if isinstance(line, Mapping):
            yield f"lines[{number}]", line
        else:
            faults.add(f"lines[{number}]", f"must be an object, not {named(line)}")


def _till_lines(fields: Mapping[str, Any], faults: Faults, *, paid: bool) -> tuple[Line, ...]:
    return tuple(
        Line(
            gtin(line.get("gtin"), f"{path}.gtin", faults),
            qty(line.get("qty"), f"{path}.qty", faults),
            None if (tag := line.get("epc")) is None else epc(tag, f"{path}.epc", faults),
            amount(money, f"{path}.amount", faults)
            if paid and (money := line.get("amount")) is not None
            else None,
        )
        for path, line in _lines(fields, faults)
    )


def _epcs(value: object, path: str, faults: Faults, units: int, seen: set[str]) -> tuple[str, ...]:
    if value is None:
        return ()
    if not isinstance(value, list):
        faults.add(path, f"must be a list, not {named(value)}")
        return ()
    if len(value) > units:
        faults.add(path, f"must have at most as many as qty ({units}), not {len(value)}")
        return ()
    if len(seen) + len(value) > EPCS_MAX:
        faults.add(path, f"must not bring the body over {EPCS_MAX} EPCs")
        return ()
    return tuple(_once(tag, f"{path}[{n}]", faults, seen) for n, tag in enumerate(value))


def _once(value: object, path: str, faults: Faults, seen: set[str]) -> str:
    tag = epc(value, path, faults)
    if tag and tag in seen:
        faults.add(path, "stands twice in this delivery")
    seen.add(tag)
    return tag


def _text_or_none(fields: Mapping[str, Any], name: str, faults: Faults) -> str | None:
    value = fields.get(name)
    return None if value is None else text(value, name, faults)
