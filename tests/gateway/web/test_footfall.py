"""`/api/v1/footfall`."""

from __future__ import annotations

from fractions import Fraction

import httpx
import pytest

from gateway.changes import ZoneDraw, ZoneVisits
from gateway.desk import FootfallBucket
from tests.gateway.web.conftest import Bench
from tests.gateway.web.desk import NOW

PATH = "/api/v1/footfall"
MIDNIGHT_IN_PARIS = NOW - 17 * 3_600


async def test_today_in_the_stores_time_zone_by_default(
    bench: Bench, here: httpx.AsyncClient
) -> None:
    bench.desk.buckets = [
        FootfallBucket(NOW - 900, NOW, 40, 31, 37, 22, 9, 0.243, 0.134, 0.401, estimated=True)
    ]
    bench.desk.left_over = -3
    answer = (await here.get(PATH)).json()
    assert bench.desk.asked == [(MIDNIGHT_IN_PARIS, NOW, 900.0)]
    assert answer == {
        "from": "2025-11-20T23:00:00Z",
        "to": "2025-11-21T16:00:00Z",
        "step": 900.0,
        "residual": -3,
        "currency": "EUR",
        "buckets": [
            {
                "from": "2025-11-21T15:45:00Z",
                "to": "2025-11-21T16:00:00Z",
                "in": 40,
                "out": 31,
                "visitors": 37,
                "occupancy": 22,
                "transactions": 9,
                "conversion": {"rate": 0.243, "low": 0.134, "high": 0.401},
                "estimated": True,
                "flags": [],
                "outside": 0,
                "exposed": None,
                "reentries": None,
                "units": 0,
                "units_per_ticket": None,
                "units_per_visitor": None,
                "priced": 0,
                "average_ticket": None,
                "sales_per_visitor": None,
                "groups": None,
                "group_conversion": {"rate": None, "low": None, "high": None},
            }
        ],
    }


async def test_what_tickets_are_worth_is_told_of_enough_of_them(
    bench: Bench, here: httpx.AsyncClient
) -> None:
    few, enough = (
        FootfallBucket(
            NOW - 900,
            NOW,
            40,
            31,
            37,
            22,
            9,
            0.243,
            0.134,
            0.401,
            estimated=False,
            priced=priced,
            average_ticket=Fraction(5_000, 3),
            sales_a_visitor=Fraction(15_000, 37),
        )
        for priced in (2, 3)
    )
    bench.desk.buckets = [few, enough]
    first, second = (await here.get(PATH)).json()["buckets"]
    assert (first["priced"], first["average_ticket"], first["sales_per_visitor"]) == (2, None, None)
    assert (second["average_ticket"], second["sales_per_visitor"]) == ("16.67", "4.05")


@pytest.mark.parametrize(
    ("since", "seconds"),
    [
        (str(NOW - 60), NOW - 60),
        ("2025-11-21T15:00:00Z", NOW - 3_600),
        ("2025-11-21T16:00:00+01:00", NOW - 3_600),
    ],
)
async def test_moments_in_both_forms(
    bench: Bench, here: httpx.AsyncClient, since: str, seconds: float
) -> None:
    assert (await here.get(PATH, params={"from": since, "step": "1h"})).status_code == 200
    # A plus sign that was not escaped means a space in a query.
    assert (await here.get(f"{PATH}?from={since}&step=1h")).status_code == 200
    assert bench.desk.asked == [(seconds, NOW, 3_600.0)] * 2


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"step": "soon"}, "step"),
        ({"step": "30s"}, "step"),
        ({"step": "0m"}, "step"),
        ({"step": "1m", "from": "0"}, "step"),
        ({"from": "yesterday"}, "from"),
        ({"from": "2025-11-21T15:00:00"}, "from"),
        ({"from": "nan"}, "from"),
        ({"from": "1e300"}, "from"),
        ({"from": str(NOW + 5)}, "from"),
        ({"from": "2025-11-21T25:00:00Z"}, "from"),
        ({"to": "-1"}, "to"),
    ],
)
async def test_wrong_query_names_the_field(
    here: httpx.AsyncClient, query: dict[str, str], field: str
) -> None:
    answer = await here.get(PATH, params=query)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == field


VISITS = ZoneVisits(
    NOW - 3_600,
    NOW - 7_200,
    8,
    (ZoneDraw("shelf-a", 6, 200.0), ZoneDraw("shelf-b", None, None)),
)


async def test_zones_are_told_in_whole_buckets_with_what_is_too_few_left_open(
    bench: Bench, here: httpx.AsyncClient
) -> None:
    bench.desk.zones = [VISITS]
    answer = (await here.get(f"{PATH}/zones")).json()
    assert answer["minimum_count"] == 3
    (bucket,) = answer["buckets"]
    assert (bucket["from"], bucket["to"], bucket["baskets"]) == (
        "2025-11-21T14:00:00Z",
        "2025-11-21T15:00:00Z",
        8,
    )
    assert bucket["zones"] == [
        {"zone": "shelf-a", "baskets": 6, "draw_in": 0.75, "dwell_s": 200.0},
        {"zone": "shelf-b", "baskets": None, "draw_in": None, "dwell_s": None},
    ]
    part = await here.get(f"{PATH}/zones", params={"from": str(NOW - 5_000)})
    assert part.json()["buckets"] == [], "no part of a bucket"
    wrong = await here.get(f"{PATH}/zones", params={"from": str(NOW), "to": str(NOW - 1)})
    assert wrong.status_code == 422


async def test_the_page_shows_what_draws_people_in(bench: Bench, here: httpx.AsyncClient) -> None:
    bench.desk.zones = [VISITS]
    page = (await here.get("/doors?lang=fr")).text
    assert "Ce qui attire" in page
    assert "Rayon A" in page
    assert "3\u00a0min 20\u00a0s" in page
    assert "Rayon B" not in page
