"""What the pages show, put together from board and shop. No HTML and no language in here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from gateway.changes import Alert, Conversion, StockChanged, StockState, ZoneVisits
from gateway.desk import FootfallBucket
from gateway.web.availability import select, state_of
from gateway.web.context import Web
from gateway.web.models import DeviceOut
from gateway.web.shop import ShopArticle, ShopZone
from gateway.web.speech import Speech

MISSING_BELOW = 0.5
"""A place of the planogram with fewer expected units than this is a gap."""
BAD_STATES = ("silent", "offline")

_URGENCY = {
    StockState.OUT_OF_STOCK: 0,
    StockState.LOW: 1,
    StockState.UNKNOWN: 2,
    StockState.IN_STOCK: 3,
}


@dataclass(frozen=True, slots=True)
class Shelf:
    """A zone now. `expected` is None while none of its articles has ever been answered for.

    Attributes:
        capacity: units that fit by the planogram, None where there is none.
        gaps: articles of the planogram of which nothing is expected there.
        unseen: articles of the planogram of which nothing is known.
    """

    zone: ShopZone
    expected: float | None
    capacity: int | None
    gaps: int
    unseen: int

    @property
    def fill(self) -> float | None:
        """Share of the capacity, 0 to 1."""
        if self.expected is None or not self.capacity:
            return None
        return min(1.0, self.expected / self.capacity)


@dataclass(frozen=True, slots=True)
class Row:
    """An article and its present answer, None when there has been none."""

    article: ShopArticle
    stock: StockChanged | None

    @property
    def state(self) -> StockState:
        """The state, unknown without an answer."""
        return state_of(self.stock)

    @property
    def places(self) -> Sequence[tuple[str, float]]:
        """Zones by expected count, most first; what rounds to nothing left out."""
        zones = self.stock.zones if self.stock else {}
        found = [(zone, count) for zone, count in zones.items() if count >= MISSING_BELOW]
        return sorted(found, key=lambda one: (-one[1], one[0]))


@dataclass(frozen=True, slots=True)
class Asked:
    """What a person filtered by; `page` counts from 0."""

    q: str = ""
    state: StockState | None = None
    zone: str | None = None
    page: int = 0

    @property
    def anything(self) -> bool:
        """Some filter is set."""
        return bool(self.q or self.state or self.zone)


@dataclass(frozen=True, slots=True)
class Rows:
    """One page of articles, what is missing first. `first` counts from 0."""

    rows: Sequence[Row]
    first: int
    total: int
    more: bool


@dataclass(frozen=True, slots=True)
class People:
    """Footfall now; None where nothing has been counted yet."""

    entries: int | None
    visitors: int | None
    occupancy: int | None
    conversion: Conversion | None
    estimated: bool


def people(web: Web, hours: Sequence[FootfallBucket]) -> People:
    """Footfall of today, from its hours and what the board knows."""
    board = web.desk.board
    counted = board.minute is not None or any(hour.entries or hour.exits for hour in hours)
    return People(
        entries=sum(hour.entries for hour in hours) if counted else None,
        visitors=sum(hour.visitors for hour in hours) if counted else None,
        occupancy=board.occupancy if counted or board.occupancy else None,
        conversion=board.conversion,
        estimated=any(hour.estimated for hour in hours),
    )


@dataclass(frozen=True, slots=True)
class Draw:
    """A zone today: share of the baskets that visited it, and their mean stay in seconds."""

    zone: str
    share: float
    seconds: float


def draws(visits: Sequence[ZoneVisits]) -> list[Draw]:
    """Zones by draw-in, most first, from what may be told of them."""
    found = []
    for zone in {one.zone for bucket in visits for one in bucket.zones}:
        known = [
            (bucket.trips, one.visited, one.seconds)
            for bucket in visits
            for one in bucket.zones
            if one.zone == zone and one.visited is not None and one.seconds is not None
        ]
        if known:
            trips, visited = sum(n for n, _, _ in known), sum(n for _, n, _ in known)
            found.append(Draw(zone, visited / trips, sum(n * s for _, n, s in known) / visited))
    return sorted(found, key=lambda one: (-one.share, one.zone))


@dataclass(frozen=True, slots=True)
class Trade:
    """What else the day's hours say; None where nobody can know."""

    groups: int | None
    outside: int
    reentries: int | None
    units_a_ticket: float | None
    units_a_visitor: float | None
    average_ticket: Fraction | None
    sales_a_visitor: Fraction | None


def trade(hours: Sequence[FootfallBucket], fewest: int) -> Trade:
    """Groups, entries out of hours, and what tickets and visitors are worth.

    `average_ticket` and `sales_a_visitor` in hundredths; of fewer than `fewest` tickets none.
    """
    seen = [hour for hour in hours if hour.visitors]
    groups = [hour.groups for hour in seen if hour.groups is not None]
    again = [hour.reentries for hour in seen if hour.reentries is not None]
    tickets, units = sum(h.transactions for h in hours), sum(h.units for h in hours)
    visitors = sum(hour.visitors for hour in hours)
    amount, priced = sum(h.amount for h in hours), sum(h.priced for h in hours)
    average = Fraction(amount, priced) if priced >= max(1, fewest) else None
    return Trade(
        sum(groups) if seen and len(groups) == len(seen) else None,
        sum(hour.outside for hour in hours),
        sum(again) if seen and len(again) == len(seen) else None,
        units / tickets if tickets else None,
        units / visitors if visitors > 0 else None,
        average,
        None if average is None or visitors <= 0 else Fraction(tickets, visitors) * average,
    )


@dataclass(frozen=True, slots=True)
class Feed:
    """The line to HQ: not configured, down, or up, and what waits for it.

    Attributes:
        by_broker: what HQ's broker has counts as received; HQ itself does not answer.
        refused: kinds of messages that the broker does not take.
        trouble: why it is down, a plain English line.
    """

    configured: bool
    connected: bool
    waiting: int
    by_broker: bool = False
    refused: tuple[str, ...] = ()
    trouble: str = ""


def shelves(web: Web) -> list[Shelf]:
    """Every zone, in the config's order."""
    sums: dict[str, float] = {}
    for change in web.desk.board.stock.values():
        if change.state is not StockState.UNKNOWN:
            for zone, count in change.zones.items():
                sums[zone] = sums.get(zone, 0.0) + count
    gaps, unseen = _holes(web)
    seen = bool(web.desk.board.stock)
    return [
        Shelf(
            zone,
            _expected(web, zone.id, sums, unseen, seen=seen),
            web.shop.capacity.get(zone.id),
            gaps.get(zone.id, 0),
            unseen.get(zone.id, 0),
        )
        for zone in web.shop.zones
    ]


def _expected(
    web: Web, zone: str, sums: Mapping[str, float], unseen: Mapping[str, int], *, seen: bool
) -> float | None:
    if zone in sums:
        return sums[zone]
    planned = web.shop.places.get(zone, 0)
    if not seen or (planned and unseen.get(zone, 0) == planned):
        return None
    return 0.0


def _holes(web: Web) -> tuple[dict[str, int], dict[str, int]]:
    gaps: dict[str, int] = {}
    unseen: dict[str, int] = {}
    for zone, gtin in web.shop.planogram:
        change = web.desk.board.stock.get(gtin)
        if change is None or change.state is StockState.UNKNOWN:
            unseen[zone] = unseen.get(zone, 0) + 1
        elif change.zones.get(zone, 0.0) < MISSING_BELOW:
            gaps[zone] = gaps.get(zone, 0) + 1
    return gaps, unseen


def rows(web: Web, asked: Asked, limit: int, lang: str) -> Rows:
    """A page of articles: those with a place first, then the most urgent, then by name."""
    stock, planned = web.desk.board.stock, web.shop.planned
    # In the order of names already: one pass into piles keeps that order within each, and costs a
    # catalogue of 10,000 a fraction of what sorting it for every look would.
    piles: dict[tuple[bool, int], list[str]] = {}
    for gtin in select(web, web.shop.by_name[lang], zone=asked.zone, state=asked.state, q=asked.q):
        pile = gtin not in planned, _URGENCY[state_of(stock.get(gtin))]
        piles.setdefault(pile, []).append(gtin)
    found = [gtin for pile in sorted(piles) for gtin in piles[pile]]
    first = min(asked.page * limit, max(0, (len(found) - 1) // limit * limit))
    page = found[first : first + limit]
    return Rows(
        [Row(web.shop.articles[gtin], stock.get(gtin)) for gtin in page],
        first,
        len(found),
        first + limit < len(found),
    )


def states(web: Web) -> dict[StockState, int]:
    """How many articles of the catalogue are in each state."""
    counts = dict.fromkeys(_URGENCY, 0)
    for gtin in web.shop.articles:
        counts[state_of(web.desk.board.stock.get(gtin))] += 1
    return counts


def alerts(web: Web) -> list[Alert]:
    """What a person should look at, newest first."""
    return sorted(web.desk.board.alerts.values(), key=lambda one: (-one.t, one.kind, one.subject))


def called(web: Web, subject: str, speech: Speech) -> str:
    """What an alert is about, by the name that people know it by."""
    if subject == "store":
        return web.shop.name
    if (article := web.shop.articles.get(subject)) is not None:
        return " ".join(part for part in (article.named(speech.lang), article.attributes) if part)
    reader, _, antenna = subject.partition("/")
    return f"{reader}, {speech.say('antenna', number=antenna)}" if antenna else subject


def not_well(devices: Sequence[DeviceOut]) -> int:
    """How many devices are silent or offline, or have an antenna that is."""
    return sum(
        device.state in BAD_STATES or any(one.state in BAD_STATES for one in device.antennas)
        for device in devices
    )


def feed(web: Web) -> Feed:
    """The line to HQ, as the program's samples tell of it."""
    samples = web.desk.samples()
    said = {one.name: one.value for one in samples if not one.labels}
    labels = [(one.name, value) for one in samples for _, value in one.labels]
    return Feed(
        configured="uplink_connected" in said,
        connected=said.get("uplink_connected", 0) > 0,
        waiting=int(said.get("outbox_rows", 0)),
        by_broker=said.get("uplink_ack_by_broker", 0) > 0,
        refused=tuple(value for name, value in labels if name == "uplink_refused"),
        trouble=next((value for name, value in labels if name == "uplink_trouble"), ""),
    )
