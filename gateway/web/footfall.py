"""Who came, who bought, and which zones drew them in: `/api/v1/footfall`, with `/zones`."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Annotated, TypeAlias

from fastapi import APIRouter, Query

from drivers.pos.money import decimal_text
from gateway.changes import ZoneVisits
from gateway.desk import FootfallBucket
from gateway.web.context import AWeb, Web
from gateway.web.guard import READING
from gateway.web.models import ProblemDetails
from gateway.web.models_people import (
    ConversionOut,
    Footfall,
    FootfallBucketOut,
    ZoneDrawOut,
    ZonesOut,
    ZoneVisitsOut,
)
from gateway.web.moments import midnight, parse_moment, parse_step, rfc3339
from gateway.web.problems import bad_field

STEP_MIN = 60.0
BUCKETS_MAX = 3_000
"""A month of quarters of an hour; more is a report, not an answer of a store's gateway."""

Since: TypeAlias = Annotated[
    str | None, Query(alias="from", description="RFC 3339 or epoch seconds; default midnight")
]
Until: TypeAlias = Annotated[
    str | None, Query(alias="to", description="RFC 3339 or epoch seconds; default now")
]

router = APIRouter(prefix="/api/v1/footfall", tags=["footfall"], dependencies=READING)


@router.get("", responses={422: {"model": ProblemDetails}})
async def footfall(
    web: AWeb,
    since: Since = None,
    until: Until = None,
    step: Annotated[str, Query(description="such as 15m, 1h, 1d; at least 1m")] = "15m",
) -> Footfall:
    """Footfall in buckets, by default today's in the store's time zone.

    A step of whole days is days of that time zone, those of 23 and 25 hours too.
    """
    seconds = _asked("step", parse_step, step)
    begin, end = _span(web, since, until)
    if seconds < STEP_MIN:
        raise bad_field("step", "must be at least 1m")
    if begin > end or (begin == end and since is not None):
        raise bad_field("from", "must be before `to`")
    if (end - begin) / seconds > BUCKETS_MAX:
        raise bad_field("step", f"gives more than {BUCKETS_MAX} buckets; ask for a longer step")
    # The first moment of a day has no footfall yet, and no bucket to ask for.
    found = await web.desk.footfall(begin, end, seconds) if begin < end else []
    return Footfall(
        since=rfc3339(begin),
        until=rfc3339(end),
        step=seconds,
        residual=web.desk.residual(),
        currency=web.shop.currency,
        buckets=[bucket_out(bucket, web.shop.minimum_count) for bucket in found],
    )


@router.get("/zones", responses={422: {"model": ProblemDetails}})
async def zones(
    web: AWeb,
    since: Since = None,
    until: Until = None,
) -> ZonesOut:
    """How many of the store's baskets each zone draws in, and how long they stay.

    Sums over many alone: no basket by itself, and no two answers that tell of few together.
    """
    begin, end = _span(web, since, until)
    if begin > end:
        raise bad_field("from", "must be before `to`")
    found = await web.desk.zone_visits(begin, end)
    return ZonesOut(
        since=rfc3339(begin),
        until=rfc3339(end),
        minimum_count=web.shop.minimum_count,
        buckets=[visits_out(one) for one in found],
    )


def visits_out(visits: ZoneVisits) -> ZoneVisitsOut:
    """One bucket of basket trips in the API's words."""
    return ZoneVisitsOut(
        since=rfc3339(visits.since),
        until=rfc3339(visits.t),
        baskets=visits.trips,
        zones=[
            ZoneDrawOut(
                zone=one.zone,
                baskets=one.visited,
                draw_in=None if one.visited is None else round(one.visited / visits.trips, 4),
                dwell_s=one.seconds,
            )
            for one in visits.zones
        ],
    )


def bucket_out(bucket: FootfallBucket, fewest: int) -> FootfallBucketOut:
    """One bucket in the API's words; a mean of fewer tickets than `fewest` is not told."""
    told = bucket.priced >= fewest
    return FootfallBucketOut(
        since=rfc3339(bucket.since),
        until=rfc3339(bucket.until),
        entries=bucket.entries,
        exits=bucket.exits,
        visitors=bucket.visitors,
        occupancy=bucket.occupancy,
        transactions=bucket.transactions,
        conversion=ConversionOut(rate=bucket.rate, low=bucket.low, high=bucket.high),
        estimated=bucket.estimated,
        flags=list(bucket.flags),
        outside=bucket.outside,
        exposed=bucket.exposed,
        reentries=bucket.reentries,
        units=bucket.units,
        units_per_ticket=_rounded(bucket.units_a_ticket),
        units_per_visitor=_rounded(bucket.units_a_visitor),
        priced=bucket.priced,
        average_ticket=_money(bucket.average_ticket) if told else None,
        sales_per_visitor=_money(bucket.sales_a_visitor) if told else None,
        groups=bucket.groups,
        group_conversion=ConversionOut(
            rate=bucket.group_rate, low=bucket.group_low, high=bucket.group_high
        ),
    )


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)


def _money(amount: Fraction | None) -> str | None:
    return None if amount is None else decimal_text(round(amount))


def _span(web: Web, since: str | None, until: str | None) -> tuple[float, float]:
    """By default from the store's midnight to now."""
    end = web.desk.now() if until is None else _asked("to", parse_moment, until)
    begin = midnight(end, web.shop.clock) if since is None else _asked("from", parse_moment, since)
    return begin, end


def _asked(field: str, parse: Callable[[str], float], text: str) -> float:
    try:
        return parse(text)
    except ValueError as wrong:
        raise bad_field(field, str(wrong)) from wrong
