"""Tell me when it is back on the shelf."""

from __future__ import annotations

import httpx
import pytest

from tests.gateway.web.conftest import Bench
from tests.gateway.web.desk import COAT, COAT_BLUE, SCARF, STRANGER

CALL = {"gtin": SCARF[1:], "callback": "http://192.168.1.9:9000/back?for=7"}


async def test_a_wish_is_kept_once_and_taken_off(bench: Bench, here: httpx.AsyncClient) -> None:
    made = await here.post("/api/v1/alerts", json=CALL)
    assert made.status_code == 201
    body = made.json()
    assert body == {"id": body["id"], "gtin": SCARF, "callback": CALL["callback"], "topic": None}
    again = await here.post("/api/v1/alerts", json=CALL)
    assert (again.status_code, again.json()["id"]) == (200, body["id"])
    assert (await here.delete(f"/api/v1/alerts/{body['id']}")).status_code == 204
    assert not bench.desk.alerts
    gone = await here.delete(f"/api/v1/alerts/{body['id']}")
    assert (gone.status_code, gone.json()["title"]) == (404, "unknown alert")


async def test_a_wish_by_topic(here: httpx.AsyncClient) -> None:
    made = await here.post("/api/v1/alerts", json={"gtin": COAT, "topic": "crm/back/7"})
    assert (made.status_code, made.json()["topic"]) == (201, "crm/back/7")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"gtin": "03453120000012"}, "gtin"),
        ({"gtin": 7}, "gtin"),
        ({"callback": None}, "callback"),
        ({"topic": "a/b"}, "callback"),
        ({"callback": "http://outside.example/"}, "callback"),
        ({"callback": "x" * 501}, "callback"),
        ({"callback": None, "topic": "a/#"}, "topic"),
        ({"callback": None, "topic": "a b"}, "topic"),
    ],
)
async def test_wrong_fields_are_named(
    here: httpx.AsyncClient, change: dict[str, object], field: str
) -> None:
    answer = await here.post("/api/v1/alerts", json=CALL | change)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == field


async def test_unknown_articles_and_too_many(here: httpx.AsyncClient) -> None:
    assert (await here.post("/api/v1/alerts", json=CALL | {"gtin": STRANGER})).status_code == 404
    statuses = [
        (await here.post("/api/v1/alerts", json={"gtin": gtin, "topic": topic})).status_code
        for gtin, topic in ((SCARF, "a"), (COAT, "a"), (COAT_BLUE, "a"), (SCARF, "b"))
    ]
    assert statuses == [201, 201, 201, 409]


async def test_a_full_disk_keeps_no_wish(bench: Bench, here: httpx.AsyncClient) -> None:
    bench.desk.full = True
    assert (await here.post("/api/v1/alerts", json=CALL)).status_code == 503


async def test_only_writers_may_wish(bench: Bench) -> None:
    outside = bench.client("192.168.1.77")
    assert (await outside.post("/api/v1/alerts", json=CALL)).status_code == 401
    assert (await outside.delete("/api/v1/alerts/x")).status_code == 401
