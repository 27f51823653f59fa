"""The shapes of the API that are about people: footfall, zones, counts by hand. See `models`."""

from __future__ import annotations

from pydantic import Field

from gateway.requests import ManualStep, Way
from gateway.web.models import Shape


class ConversionOut(Shape):
    """Transactions over visitors, 95 % interval; null when too few people came to say."""

    rate: float | None
    low: float | None
    high: float | None


class FootfallBucketOut(Shape):
    """Footfall of [`from`, `to`); `occupancy` at its end."""

    since: str = Field(serialization_alias="from")
    until: str = Field(serialization_alias="to")
    entries: int = Field(serialization_alias="in")
    exits: int = Field(serialization_alias="out")
    visitors: int = Field(description="entries less staff, by the store's counting rule")
    occupancy: int
    transactions: int
    conversion: ConversionOut
    estimated: bool
    flags: list[str] = Field(default=[])
    outside: int = Field(default=0, description="entries out of opening hours")
    exposed: float | None = Field(
        default=None, description="visitors by when they would buy: what conversion is over"
    )
    reentries: int | None = Field(
        default=None, description="of the visitors, who had just gone out; null: not known"
    )
    units: int = Field(default=0, description="goods sold")
    units_per_ticket: float | None = None
    units_per_visitor: float | None = Field(
        default=None, description="conversion × units per ticket"
    )
    priced: int = Field(default=0, description="transactions whose amount the till said")
    average_ticket: str | None = Field(
        default=None, description="decimal text; null where fewer than the store's threshold say it"
    )
    sales_per_visitor: str | None = Field(
        default=None, description="conversion × average ticket, as decimal text"
    )
    groups: int | None = Field(
        default=None, description="visitors by the groups they came in; null: not known"
    )
    group_conversion: ConversionOut = ConversionOut(rate=None, low=None, high=None)


class Footfall(Shape):
    """Footfall of [`from`, `to`) in buckets of `step` seconds, oldest first."""

    since: str = Field(serialization_alias="from")
    until: str = Field(serialization_alias="to")
    step: float
    residual: int | None = Field(
        default=None, description="people left over when occupancy was last reset, by night or hand"
    )
    currency: str | None = Field(default=None, description="of the amounts, by the config")
    buckets: list[FootfallBucketOut]


class ZoneDrawOut(Shape):
    """Baskets that visited a zone; null where fewer than the store's threshold did, or did not."""

    zone: str
    baskets: int | None
    draw_in: float | None = Field(description="share of all baskets of the bucket")
    dwell_s: float | None = Field(description="mean stay in seconds")


class ZoneVisitsOut(Shape):
    """Basket trips that ended in [`from`, `to`). Zones that nobody visited are left out."""

    since: str = Field(serialization_alias="from")
    until: str = Field(serialization_alias="to")
    baskets: int
    zones: list[ZoneDrawOut]


class ZonesOut(Shape):
    """Draw-in and dwell in fixed buckets that lie whole in [`from`, `to`], oldest first.

    A bucket is an hour, longer where too few baskets were about.
    """

    since: str = Field(serialization_alias="from")
    until: str = Field(serialization_alias="to")
    minimum_count: int = Field(description="the store's threshold: fewer baskets are not told")
    buckets: list[ZoneVisitsOut]


class TapBody(Shape):
    """One press of a clicker."""

    n: int = Field(ge=1, le=2**53, strict=True, description="counts the presses of one phone")
    way: Way
    age: float = Field(ge=0, le=86_400, description="seconds ago")
    undo: bool = Field(default=False, description="takes back a press of that moment")


class ManualBody(Shape):
    """A step of the person who counts at a door by hand, and presses not said yet.

    A press bears a number of its phone's own: said again, it counts once.
    """

    do: ManualStep
    phone: str = Field(default="", max_length=64)
    taps: list[TapBody] = Field(default=[], max_length=1_000)


class FlowFactorOut(Shape):
    """People for one counted, from `flow` passages a minute on, with its 95 % interval."""

    flow: float
    factor: float
    low: float
    high: float


class ManualOut(Shape):
    """A count by hand at one door, beside what the door counted over the same time."""

    door: str
    watching: bool
    entries: int = Field(serialization_alias="in")
    exits: int = Field(serialization_alias="out")
    crossings: int = Field(description="presses with a count of the door's own beside them")
    counted: int = Field(description="what the door counted over the same time")
    seconds: float
    needed: int = Field(description="crossings before a factor is offered")
    calibration: float = Field(description="by the config")
    offered: list[FlowFactorOut] = Field(description="what `apply` would put in force")
    in_force: list[FlowFactorOut] = Field(description="empty: the door counts by `calibration`")
    why: str = Field(description="why nothing is offered: few, nobody, factor, swapped, impossible")
    detail: str
