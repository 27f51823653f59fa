"""The config read again while running."""

from __future__ import annotations

from gateway.desk import Reloaded
from gateway.web.access import Role
from tests.gateway.web.conftest import Bench

PATH = "/api/v1/config/reload"
FAULT = {"file": "store.toml", "line": 3, "key": "store.id", "wrong": "missing", "right": "add it"}


async def test_what_was_done_is_said(bench: Bench) -> None:
    bench.desk.reloaded = Reloaded(
        checks=True, applied=("promise.level",), restart_needed=("web.listen",), faults=(FAULT,)
    )
    answer = await bench.client().post(PATH)
    assert (answer.status_code, answer.json()) == (
        200,
        {"applied": ["promise.level"], "restart_needed": ["web.listen"], "faults": [FAULT]},
    )


async def test_a_config_that_does_not_check(bench: Bench) -> None:
    bench.desk.reloaded = Reloaded(checks=False, faults=(FAULT,))
    answer = await bench.client().post(PATH)
    assert (answer.status_code, answer.json()["faults"]) == (422, [FAULT])
    assert answer.headers["content-type"] == "application/problem+json"


async def test_a_gateway_without_a_file(bench: Bench) -> None:
    assert (await bench.client().post(PATH)).status_code == 409


async def test_admins_only(bench: Bench) -> None:
    bench.desk.reloaded = Reloaded(checks=True)
    for role in Role:
        client = bench.client("192.168.1.77", bench.access.create_token(role, role.value))
        assert (await client.post(PATH)).status_code == (200 if role is Role.ADMIN else 403)
