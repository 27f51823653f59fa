"""Promises to somebody."""

from __future__ import annotations

import httpx
import pytest

from tests.gateway.web.conftest import Bench
from tests.gateway.web.desk import SCARF, STRANGER, stock

HOLD = {"id": "H-1", "gtin": SCARF[1:], "qty": 2, "minutes": 30, "channel": "web", "order": "O-7"}


@pytest.fixture(autouse=True)
def three_scarves(bench: Bench) -> None:
    bench.desk.board.apply([stock(SCARF, 3)])


async def test_a_hold_is_made_once(here: httpx.AsyncClient) -> None:
    made = await here.post("/api/v1/holds", json=HOLD)
    assert made.status_code == 201
    assert made.json() == {
        "id": "H-1",
        "gtin": SCARF,
        "qty": 2,
        "state": "open",
        "channel": "web",
        "order": "O-7",
        "created": "2025-11-21T16:00:00Z",
        "expires": "2025-11-21T16:30:00Z",
        "available": 1,
    }
    assert (await here.post("/api/v1/holds", json=HOLD)).status_code == 200
    clash = await here.post("/api/v1/holds", json=HOLD | {"qty": 1})
    assert (clash.status_code, clash.json()["title"]) == (409, "conflict")


async def test_the_second_caller_is_told_what_is_left(here: httpx.AsyncClient) -> None:
    await here.post("/api/v1/holds", json=HOLD)
    answer = await here.post("/api/v1/holds", json=HOLD | {"id": "H-2"})
    assert answer.status_code == 409
    body = answer.json()
    assert (body["title"], body["available"]) == ("insufficient", 1)


async def test_collect_and_release_are_idempotent(here: httpx.AsyncClient) -> None:
    await here.post("/api/v1/holds", json=HOLD | {"qty": 1})
    await here.post("/api/v1/holds", json=HOLD | {"id": "H-2", "qty": 1})
    for _ in range(2):
        collected = await here.post("/api/v1/holds/H-1/collect")
        assert (collected.status_code, collected.json()["state"]) == (200, "collected")
        released = await here.delete("/api/v1/holds/H-2")
        assert (released.status_code, released.json()["state"]) == (200, "released")
    wrong = await here.delete("/api/v1/holds/H-1")
    assert (wrong.status_code, wrong.json()["state"]) == (409, "collected")
    assert (await here.post("/api/v1/holds/H-2/collect")).status_code == 409


async def test_unknown_holds_and_gtins_are_404(here: httpx.AsyncClient) -> None:
    assert (await here.delete("/api/v1/holds/H-9")).status_code == 404
    assert (await here.post("/api/v1/holds/H-9/collect")).status_code == 404
    assert (await here.post("/api/v1/holds", json=HOLD | {"gtin": STRANGER})).status_code == 404


async def test_a_full_disk_promises_nothing(bench: Bench, here: httpx.AsyncClient) -> None:
    bench.desk.full = True
    assert (await here.post("/api/v1/holds", json=HOLD)).status_code == 503


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"id": ""}, "id"),
        ({"id": "a/b"}, "id"),
        ({"id": "a\nb"}, "id"),
        ({"id": 7}, "id"),
        ({"gtin": "03453120000012"}, "gtin"),
        ({"qty": 0}, "qty"),
        ({"qty": 1.5}, "qty"),
        ({"qty": True}, "qty"),
        ({"minutes": 0}, "minutes"),
        ({"minutes": 1e9}, "minutes"),
        ({"channel": "x" * 65}, "channel"),
    ],
)
async def test_wrong_fields_are_named(
    here: httpx.AsyncClient, change: dict[str, object], field: str
) -> None:
    answer = await here.post("/api/v1/holds", json=HOLD | change)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == field


async def test_a_hold_of_nobodys_order_is_a_hold(here: httpx.AsyncClient) -> None:
    made = await here.post("/api/v1/holds", json=HOLD | {"channel": None, "order": None})
    assert (made.status_code, made.json()["channel"], made.json()["order"]) == (201, "", "")
