"""`/clicker` and `/api/v1/doors/{door}/manual`: who may, what is refused, what it says."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from drivers.observations import Count
from gateway.web.access import Role
from tests.gateway.web.conftest import Bench

PATH = "/api/v1/doors/door-main/manual"


def taps(first: int, count: int, way: str = "in", age: float = 1.0) -> list[dict[str, Any]]:
    return [{"n": first + n, "way": way, "age": age} for n in range(count)]


def report(bench: Bench, entries: int) -> None:
    desk = bench.desk
    desk.engine.observe(Count("door-main", desk.clock, desk.clock, 1, entries, 0))


async def watch(bench: Bench, here: httpx.AsyncClient, *, truth: int, counted: int) -> None:
    """Ten minutes at the door."""
    report(bench, 0)
    await here.post(PATH, json={"do": "start"})
    for minute in range(11):
        report(bench, counted * minute)
        bench.desk.clock += 60
        body = {"do": "taps", "phone": "p", "taps": taps(1 + truth * minute, truth)}
        assert (await here.post(PATH, json=body)).status_code == 200
    report(bench, counted * 11)


async def test_from_the_first_press_to_a_factor_in_force(
    bench: Bench, here: httpx.AsyncClient
) -> None:
    await watch(bench, here, truth=40, counted=36)
    state = (await here.get(PATH)).json()
    assert (state["in"], state["why"], state["needed"]) == (440, "", 300)
    assert state["offered"][-1]["factor"] == pytest.approx(1.111, abs=0.01)
    assert state["offered"][-1]["low"] < 1.111 < state["offered"][-1]["high"]
    page = (await here.get("/clicker?lang=fr")).text
    assert "Appliquer ces facteurs" in page
    assert "1,111" in page
    applied = await here.post(PATH, json={"do": "apply"})
    assert applied.json()["in_force"] == state["offered"]
    assert "jusqu’à" not in page
    page = (await here.get("/clicker?lang=en")).text
    assert "Factors in force" in page
    forgotten = (await here.post(PATH, json={"do": "forget"})).json()
    assert forgotten["in_force"] == []


async def test_too_few_and_unbelievable_counts_are_refused_with_the_reason(
    bench: Bench, here: httpx.AsyncClient
) -> None:
    early = await here.post(PATH, json={"do": "apply"})
    assert (early.status_code, early.json()["why"]) == (409, "few")
    assert "at least 300" in early.json()["detail"]
    await watch(bench, here, truth=40, counted=20)
    refused = await here.post(PATH, json={"do": "apply"})
    assert (refused.status_code, refused.json()["why"]) == (409, "factor")
    assert "hors de 0,8 à 1,5" in (await here.get("/clicker?lang=fr")).text
    assert "outside 0.8 to 1.5" in (await here.get("/clicker?lang=en")).text


async def test_only_staff_and_admins_count(bench: Bench) -> None:
    allowed = {}
    for role in Role:
        token = bench.access.create_token(role, role.value)
        answer = await bench.client("192.168.1.9", token).post(PATH, json={"do": "start"})
        allowed[role.value] = answer.status_code
    assert allowed == {"viewer": 403, "till": 403, "staff": 200, "admin": 200}
    assert (await bench.client("192.168.1.9").post(PATH, json={"do": "start"})).status_code == 401


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"do": "dance"}, "do"),
        ({"do": "taps", "taps": [{"n": 0, "way": "in", "age": 1}]}, "taps[0].n"),
        ({"do": "taps", "taps": [{"n": 1, "way": "up", "age": 1}]}, "taps[0].way"),
        ({"do": "taps", "taps": [{"n": 1, "way": "in", "age": -1}]}, "taps[0].age"),
        ({"do": "taps", "taps": taps(1, 1_001)}, "taps"),
    ],
)
async def test_a_wrong_body_is_said_by_field(
    here: httpx.AsyncClient, body: dict[str, Any], field: str
) -> None:
    answer = await here.post(PATH, json=body)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == field


async def test_a_door_that_is_not_there_is_not_found(here: httpx.AsyncClient) -> None:
    other = "/api/v1/doors/another/manual"
    assert (await here.get(other)).status_code == 404
    assert (await here.post(other, json={"do": "start"})).status_code == 404


async def test_a_full_disk_takes_no_press(bench: Bench, here: httpx.AsyncClient) -> None:
    bench.desk.full = True
    answer = await here.post(PATH, json={"do": "taps", "phone": "p", "taps": taps(1, 1)})
    assert answer.status_code == 503
    assert (await here.get(PATH)).json()["in"] == 0
