"""Somebody counted who is inside."""

from __future__ import annotations

import pytest

from gateway.changes import OccupancyChanged
from gateway.web.access import Role
from tests.gateway.web.conftest import Bench
from tests.gateway.web.desk import NOW

PATH = "/api/v1/occupancy/reset"


@pytest.fixture(autouse=True)
def five_inside(bench: Bench) -> None:
    bench.desk.board.apply([OccupancyChanged(NOW, 5)])


async def test_the_residual_is_shown(bench: Bench) -> None:
    here = bench.client()
    answer = await here.post(PATH, json={"occupancy": 3})
    assert answer.status_code == 200
    assert answer.json() == {
        "occupancy": 3,
        "before": 5,
        "residual": 2,
        "t": "2025-11-21T16:00:00Z",
    }
    empty = await here.post(PATH)
    assert (empty.json()["occupancy"], empty.json()["residual"]) == (0, 3)
    assert (await here.post(PATH, json={})).json()["residual"] == 0


@pytest.mark.parametrize("body", [{"occupancy": -1}, {"occupancy": "3"}, {"occupancy": 1e9}, [3]])
async def test_what_is_no_count(bench: Bench, body: object) -> None:
    answer = await bench.client().post(PATH, json=body)
    assert answer.status_code == 422
    assert bench.desk.board.occupancy == 5


async def test_a_till_has_no_say(bench: Bench) -> None:
    tokens = {role: bench.access.create_token(role, role.value) for role in Role}
    wanted = {Role.VIEWER: 403, Role.TILL: 403, Role.STAFF: 200, Role.ADMIN: 200}
    for role, status in wanted.items():
        client = bench.client("192.168.1.77", tokens[role])
        assert (await client.post(PATH)).status_code == status, role
    assert (await bench.client().post(PATH)).status_code == 401


async def test_a_full_disk_resets_nothing(bench: Bench) -> None:
    bench.desk.full = True
    assert (await bench.client().post(PATH)).status_code == 503
