"""What happened to goods as GS1 EPCIS 2.0 events (JSON-LD), for stores that switch it on. Pure.

Source: GS1 EPCIS 2.0, section 7.4.2 (ObjectEvent) and 9 (JSON-LD); CBV 2.0, sections 7.1 (business
steps), 7.2 (dispositions), 8.2 and 8.3 (objects), 8.5 (locations).

Meanings chosen here:
    `OBSERVE` always: no event begins or ends an EPC's life, since what is sold may be returned.
    An EPC is named where it is sure: a sale that only probably meant a unit names the GTIN.
    A sale that names its unit is not said again as that unit's departure.
    `bizLocation` is where goods are afterwards: none for what has left.
    No receipt, order or hold is named: no more of a sale than GTIN and quantity goes up.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import NAMESPACE_URL, uuid5
from zoneinfo import ZoneInfo

from gateway.changes import Change, ItemEvent, ItemEventKind, LedgerLine
from gateway.uplink.words import Json, compact

OWN_WORDS = "urn:x-shelfcast:"
"""What our own words in an event, and places without a GLN, begin with."""
CONTEXT: Json = [
    "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld",
    {"shelfcast": OWN_WORDS},
]
LINK = "https://id.gs1.org"
IDENTITIES = ("urn:epc:id:", f"{LINK}/")
EXTENSION_LONGEST = 20
"""Characters of a GLN's extension (GS1 General Specifications, AI 254)."""

PLACED = {
    "shelf": ("stocking", "sellable_accessible"),
    "backroom": ("storing", "sellable_not_accessible"),
    "hold": ("holding", "non_sellable_other"),
}
"""Business step and disposition of goods laid down in a zone of this kind; elsewhere they are on
their way with a shopper: `other`, still accessible."""
ELSEWHERE = ("other", "sellable_accessible")


@dataclass(frozen=True, slots=True)
class Place:
    """The store as an event names it. `zones`: kind by zone id."""

    store: str
    timezone: str = "UTC"
    gln: str | None = None
    zones: Mapping[str, str] = field(default_factory=dict)

    def uri(self, zone: str | None = None) -> str:
        """A location: the GLN's Digital Link where it fits, else a URI of our own."""
        if self.gln is None or (zone is not None and len(zone) > EXTENSION_LONGEST):
            return f"{OWN_WORDS}{self.store}" + (f":{zone}" if zone else "")
        return f"{LINK}/414/{self.gln}" + (f"/254/{zone}" if zone else "")


@dataclass(frozen=True, slots=True)
class _Happened:
    """One event before it is written down. `where`: read at; `after`: is there now."""

    word: str
    t: float
    gtin: str
    step: str
    disposition: str
    where: str
    after: str | None
    epc: str | None = None
    qty: int = 1


class EpcisScribe:
    """Writes the events of one store and boot.

    Attributes:
        number: of the last event of this boot; an event's id is made of it, so that one told twice
            is known by its id.
    """

    def __init__(self, place: Place, boot: int) -> None:
        self.number = 0
        self._place = place
        self._boot = boot
        self._zone = ZoneInfo(place.timezone)

    def write(self, changes: Sequence[Change]) -> list[str]:
        """The events of one commit as JSON texts, in order."""
        items = [one for one in changes if isinstance(one, ItemEvent)]
        lines = [one for one in changes if isinstance(one, LedgerLine)]
        left: set[str | None] = {one.epc for one in items if one.event is ItemEventKind.DEPARTED}
        sold = {line.epc for line in lines if line.reason == "sold"} & left
        unexplained = {line.epc for line in lines if line.reason == "departed"}
        found = [
            self._of_item(one, unexplained)
            for one in items
            if not (one.event is ItemEventKind.DEPARTED and one.epc in sold)
        ]
        found += self._of_lines(lines, sold)
        return [self._written(one) for one in found]

    def _of_item(self, item: ItemEvent, unexplained: set[str | None]) -> _Happened:
        where = self._place.uri(item.zone or None)
        after: str | None = where
        if item.event is ItemEventKind.DEPARTED:
            disposition = "unknown" if item.epc in unexplained else "retail_sold"
            step, after = "departing", None
        else:
            step, disposition = PLACED.get(self._place.zones.get(item.zone, ""), ELSEWHERE)
            step = "arriving" if item.event is ItemEventKind.ARRIVED else step
        return _Happened(
            str(item.event), item.began, item.gtin, step, disposition, where, after, item.epc
        )

    def _of_lines(self, lines: Iterable[LedgerLine], sold: set[str | None]) -> Iterator[_Happened]:
        units: dict[tuple[float, str, str | None], _Happened] = {}
        for line in lines:
            match line.reason:
                case "sold" if line.epc in sold:
                    yield self._sold(line, line.epc)
                case "sold":
                    key = (line.t, line.gtin, line.ref)
                    before = units[key].qty if key in units else 0
                    units[key] = self._sold(line, None, before - line.qty)
                case "returned":
                    yield self._returned(line)
                case "held":
                    yield self._held(line)
        yield from units.values()

    def _sold(self, line: LedgerLine, epc: str | None, qty: int = 1) -> _Happened:
        here = self._place.uri()
        step, disposition = "retail_selling", "retail_sold"
        return _Happened("sold", line.t, line.gtin, step, disposition, here, None, epc, qty)

    def _held(self, line: LedgerLine) -> _Happened:
        here = self._place.uri()
        step, disposition = PLACED["hold"]
        return _Happened("held", line.t, line.gtin, step, disposition, here, here, qty=line.qty)

    def _returned(self, line: LedgerLine) -> _Happened:
        epc = line.epc if line.epc and line.epc.startswith(IDENTITIES) else None
        here = self._place.uri(line.zone)
        step, disposition = "receiving", "returned"
        return _Happened(
            "returned", line.t, line.gtin, step, disposition, here, here, epc, line.qty
        )

    def _written(self, one: _Happened) -> str:
        self.number += 1
        own = f"{OWN_WORDS}{self._place.store}:{self._boot}:{self.number}"
        when = dt.datetime.fromtimestamp(one.t, dt.UTC)
        body: dict[str, Json] = {
            "@context": CONTEXT,
            "type": "ObjectEvent",
            "eventID": f"urn:uuid:{uuid5(NAMESPACE_URL, own)}",
            "eventTime": when.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "eventTimeZoneOffset": _offset(when.astimezone(self._zone)),
            "action": "OBSERVE",
            "bizStep": one.step,
            "disposition": one.disposition,
            "readPoint": {"id": one.where},
            "shelfcast:event": one.word,
        }
        if one.after is not None:
            body["bizLocation"] = {"id": one.after}
        if one.epc is not None and one.qty == 1:
            body["epcList"] = [one.epc]
        else:
            # The schema asks for one of the two lists; an empty one of the other says nothing.
            body["quantityList"] = [{"epcClass": f"{LINK}/01/{one.gtin}", "quantity": one.qty}]
        return compact(body)


def _offset(local: dt.datetime) -> str:
    """`+01:00`: hours and minutes, as the standard has it."""
    text = local.strftime("%z")
    return f"{text[:3]}:{text[3:5]}"
