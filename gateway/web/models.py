"""The shapes of the API, as pydantic models: what the answers are made of and OpenAPI describes."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from gateway.changes import StockState
from gateway.requests import HoldState


class Shape(BaseModel):
    """What all shapes share: frozen."""

    model_config = ConfigDict(frozen=True)


class FieldProblem(Shape):
    """One wrong field."""

    field: str
    problem: str


class ProblemDetails(Shape):
    """RFC 9457 problem details; some problems carry further members."""

    type: str = Field(examples=["urn:shelfcast:problem:invalid"])
    title: str
    status: int
    detail: str
    errors: list[FieldProblem] = []


class ZoneCount(Shape):
    """How many of a GTIN are expected in a zone, and how many fit there by the planogram."""

    zone: str
    expected: float
    capacity: int | None = None


class Variant(Shape):
    """Another article of the same model."""

    gtin: str
    name: str
    state: StockState
    available: int


class Availability(Shape):
    """What can be promised of one GTIN, and why.

    Without any evidence so far `state` is `unknown`, `available` 0 and what nobody knows is null.
    """

    gtin: str
    name: str
    state: StockState = StockState.UNKNOWN
    available: int = Field(
        default=0, description="can be promised now, after holds and safety stock"
    )
    on_hand: int | None = Field(
        default=None, description="likeliest count in the building, with holds"
    )
    expected: float | None = Field(default=None, description="mean of the count")
    p_available: float | None = Field(
        default=None, description="P(at least one can be handed over now)"
    )
    holds: int = Field(default=0, description="units in open holds")
    unavailable: int = Field(default=0, description="damaged, or returned and not checked")
    as_of: str | None = Field(default=None, description="when this was known, RFC 3339 UTC")
    heard: str | None = Field(default=None, description="newest evidence about it, RFC 3339 UTC")
    sources: list[str] = Field(
        default=[], description="what the answer rests on: tags, book, scale"
    )
    zones: list[ZoneCount] = []
    variants: list[Variant] = []


class AvailabilityPage(Shape):
    """A page of availabilities, ascending by GTIN; `next` is the cursor of the page after it."""

    items: list[Availability]
    total: int = Field(description="how many match, on all pages together")
    next: str | None = None


class TillLineBody(Shape):
    """One line of a receipt."""

    gtin: str = Field(description="8, 12, 13 or 14 digits with a valid check digit")
    qty: int = Field(ge=1)
    epc: str | None = Field(default=None, description="hex or URN, where the till knows it")
    amount: str | float | None = Field(
        default=None,
        description="paid for the whole line, as 12.90: at most two decimals, no sign",
    )


class TillBody(Shape):
    """A sale or a return. `id` is an idempotency key: the same id again changes nothing."""

    id: str
    lines: list[TillLineBody]
    t: float | str | None = Field(
        default=None, description="when; seconds UTC or RFC 3339; default now"
    )


class DeliveryLineBody(Shape):
    """One line of a delivery."""

    gtin: str
    qty: int = Field(ge=1)
    epcs: list[str] | None = None


class DeliveryBody(Shape):
    """Goods received. `id` is an idempotency key."""

    id: str
    lines: list[DeliveryLineBody]
    t: float | str | None = None


class StocktakeBody(Shape):
    """A person counted `qty` of a GTIN in `zone`; without `zone` in the whole building."""

    gtin: str
    qty: int = Field(ge=0)
    zone: str | None = None
    id: str | None = None
    t: float | str | None = None


class FactAnswer(Shape):
    """A fact is on disk. `known`: the same id had said the same before, and nothing changed."""

    id: str | None
    status: str = Field(examples=["recorded", "known"])
    unknown_gtins: list[str] = Field(
        description="taken, though the catalogue does not have them; counted in /metrics"
    )


class HoldBody(Shape):
    """Put `qty` of a GTIN aside for `minutes`. `id` is an idempotency key."""

    id: str = Field(min_length=1, max_length=64)
    gtin: str
    qty: int = Field(default=1, ge=1, le=1_000_000, strict=True)
    minutes: float = Field(default=30, gt=0, le=30 * 24 * 60, strict=True)
    channel: str | None = Field(default=None, max_length=64)
    order: str | None = Field(default=None, max_length=64)


class HoldOut(Shape):
    """A hold as the store keeps it."""

    id: str
    gtin: str
    qty: int
    state: HoldState
    channel: str
    order: str
    created: str
    expires: str
    available: int = Field(description="what can still be promised of this GTIN")


class AlertBody(Shape):
    """Say once when a GTIN is back on the shelf: to `callback` or on `topic`, one of the two."""

    gtin: str = Field(description="8, 12, 13 or 14 digits with a valid check digit")
    callback: str | None = Field(
        default=None,
        max_length=500,
        description="http or https address of the store's own network; gets a POST"
        " {event, id, gtin, state, available, t}",
    )
    topic: str | None = Field(
        default=None,
        max_length=200,
        description="goes up as the detail of a `back_on_shelf` alert of the feed",
    )


class AlertOut(Shape):
    """A subscription as the store keeps it."""

    id: str
    gtin: str
    callback: str | None
    topic: str | None


class OccupancyBody(Shape):
    """How many people are inside, by somebody who looked."""

    occupancy: int = Field(default=0, ge=0, le=100_000, strict=True)


class OccupancyOut(Shape):
    """Occupancy after a reset; `residual` is what was believed `before` less what it is."""

    occupancy: int
    before: int
    residual: int
    t: str


class SetupBody(Shape):
    """The code that the first start printed, and whose token it makes."""

    code: str = Field(max_length=64)
    name: str = Field(min_length=1, max_length=64)


class SetupOut(Shape):
    """The first admin token; it is not to be had again."""

    token: str
    role: str
    name: str


class ConfigFault(Shape):
    """One thing to correct in one of the store's files; `line` 0: no single line's fault."""

    file: str
    line: int
    key: str
    wrong: str
    right: str


class ReloadOut(Shape):
    """What a reload did. `faults`: rows of the CSV files that were left out."""

    applied: list[str]
    restart_needed: list[str]
    faults: list[ConfigFault]


class AntennaOut(Shape):
    """One antenna of a reader."""

    antenna: int
    zone: str | None
    state: str
    since: str | None
    heard: str | None = Field(description="when it was last heard")
    reads: int
    rate: float | None = Field(description="reads a second over the last minute; null: not known")
    faults: dict[str, int]
    detail: str


class DeviceOut(Shape):
    """One device. `state` is `ok`, `silent`, `offline` or `unknown`."""

    id: str
    driver: str
    zone: str | None
    state: str
    since: str | None
    heard: str | None
    reads: int
    rate: float | None
    faults: dict[str, int]
    facts: dict[str, str]
    firmware: str | None
    battery: str | None
    detail: str
    antennas: list[AntennaOut]


class DevicesOut(Shape):
    """Every device, by id."""

    devices: list[DeviceOut]


class Health(Shape):
    """The program answers."""

    status: str


class Readiness(Shape):
    """What is missing before the answers can be trusted; empty when ready."""

    ready: bool
    missing: list[str]
