"""Sales, returns, deliveries and stocktakes."""

from __future__ import annotations

import json

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from drivers.observations import Delivery, Sale
from tests.gateway.web.conftest import Bench
from tests.gateway.web.desk import NOW, SCARF, STRANGER

SALE = {"id": "R-1", "t": NOW - 3, "lines": [{"gtin": SCARF, "qty": 1}]}
PATHS = ("sales", "returns", "deliveries", "stocktakes")
STOCKTAKE = {"gtin": SCARF, "qty": 3, "id": "S-1", "t": NOW}


@pytest.mark.parametrize("path", PATHS)
async def test_new_known_and_conflict(here: httpx.AsyncClient, path: str) -> None:
    body = STOCKTAKE if path == "stocktakes" else SALE
    other = body | ({"qty": 4} if path == "stocktakes" else {"lines": [{"gtin": SCARF, "qty": 2}]})
    first = await here.post(f"/api/v1/{path}", json=body)
    again = await here.post(f"/api/v1/{path}", json=body)
    clash = await here.post(f"/api/v1/{path}", json=other)
    assert [one.status_code for one in (first, again, clash)] == [201, 200, 409]
    assert first.json() == {"id": body["id"], "status": "recorded", "unknown_gtins": []}
    assert again.json()["status"] == "known"
    assert clash.headers["content-type"] == "application/problem+json"
    assert clash.json()["errors"][0]["field"] == "id"


async def test_the_fact_reaches_the_desk_whole(bench: Bench, here: httpx.AsyncClient) -> None:
    await here.post("/api/v1/sales", json=SALE)
    sale = bench.desk.facts["R-1"]
    assert isinstance(sale, Sale)
    assert (sale.src, sale.t, sale.at) == ("till", NOW - 3, NOW)
    await here.post("/api/v1/deliveries", json={"id": "A-1", "lines": [{"gtin": SCARF, "qty": 9}]})
    delivery = bench.desk.facts["A-1"]
    assert isinstance(delivery, Delivery)
    assert delivery.src == "backoffice"


async def test_a_full_disk_is_503_and_says_when(bench: Bench, here: httpx.AsyncClient) -> None:
    bench.desk.full = True
    answer = await here.post("/api/v1/sales", json=SALE)
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "2")
    assert answer.json()["type"].endswith("not_stored")


async def test_a_till_is_not_blocked_by_the_catalogue(
    bench: Bench, here: httpx.AsyncClient
) -> None:
    body = {"id": "R-2", "lines": [{"gtin": STRANGER, "qty": 1}, {"gtin": SCARF, "qty": 1}]}
    for _ in range(2):
        answer = await here.post("/api/v1/sales", json=body)
        assert answer.json()["unknown_gtins"] == [STRANGER]
    assert isinstance(bench.desk.facts["R-2"], Sale)
    metrics = (await here.get("/metrics")).text
    assert 'shelfcast_web_unknown_gtin_total{kind="sale"} 1.0' in metrics, "a repeat counts once"


async def test_a_stocktake_of_no_zone_of_ours_is_refused(here: httpx.AsyncClient) -> None:
    answer = await here.post("/api/v1/stocktakes", json=STOCKTAKE | {"zone": "cellar"})
    assert answer.status_code == 422
    assert answer.json()["errors"] == [{"field": "zone", "problem": "is no zone of this store"}]


async def test_every_wrong_field_is_named(here: httpx.AsyncClient) -> None:
    body = {"id": "", "lines": [{"gtin": "03453120000012", "qty": 0}]}
    answer = await here.post("/api/v1/sales", json=body)
    assert answer.status_code == 422
    fields = [error["field"] for error in answer.json()["errors"]]
    assert fields == ["id", "lines[0].gtin", "lines[0].qty"]


@pytest.mark.parametrize(
    ("raw", "status"),
    [
        (b"", 400),
        (b"{", 400),
        (b"\xff\xfe", 400),
        (b'{"id": NaN}', 400),
        (b'{"t": 1e999}', 400),
        (b'{"t": -Infinity}', 400),
        (b'{"id": "\\ud800"}', 400),
        (b'{"id": "a", "id": "b"}', 400),
        (b"[" * 100_000, 400),
        (b'{"a":' * 50_000 + b"1" + b"}" * 50_000, 400),
        (b'{"qty": ' + b"9" * 5_000 + b"}", 400),
        (b"null", 422),
        (b"[]", 422),
        (b'"sale"', 422),
        (b" " * (1 << 20) + b"{}", 413),
    ],
)
@pytest.mark.parametrize("path", ["sales", "stocktakes", "holds"])
async def test_bodies_that_are_none(
    here: httpx.AsyncClient, path: str, raw: bytes, status: int
) -> None:
    answer = await here.post(
        f"/api/v1/{path}", content=raw, headers={"Content-Type": "application/json"}
    )
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["status"] == status


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", None])
async def test_only_json_is_read(here: httpx.AsyncClient, kind: str | None) -> None:
    headers = {"Content-Type": kind} if kind else {}
    answer = await here.post("/api/v1/sales", content=b"{}", headers=headers)
    assert answer.status_code == 415


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=8,
)
FIELDS = ("id", "t", "lines", "gtin", "qty", "zone", "epc", "minutes", "channel", "order")
LINE = st.dictionaries(st.sampled_from(FIELDS), JSON | st.just(SCARF) | st.integers(0, 3))
BODY = st.dictionaries(
    st.sampled_from(FIELDS), JSON | st.just(SCARF) | st.integers(0, 3) | st.lists(LINE, max_size=2)
)


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(body=BODY | JSON, path=st.sampled_from((*PATHS, "holds")))
async def test_no_body_is_a_fault_of_ours(bench: Bench, body: object, path: str) -> None:
    bench.clock[0] += 10
    async with bench.client() as client:
        answer = await client.post(
            f"/api/v1/{path}",
            content=json.dumps(body),
            headers={"Content-Type": "application/json"},
        )
    assert answer.status_code in (200, 201, 400, 404, 409, 422)
    if answer.status_code >= 400:
        assert answer.headers["content-type"] == "application/problem+json"
