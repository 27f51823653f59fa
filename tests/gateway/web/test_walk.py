"""`/walk` and `/api/v1/walk`: who may, what is refused, what it says of each antenna."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from drivers.observations import Round
from gateway.web.access import Role
from tests.gateway.stock.shop import reads
from tests.gateway.web.conftest import Bench
from tests.gateway.web.desk import MemoryDesk

PATH = "/api/v1/walk"
TAGS = [f"E28011{n:018X}" for n in range(5)]
LAY = {"do": "lay", "zone": "shelf-a", "seconds": 20}


def live(desk: MemoryDesk, seconds: int, hears: dict[int, list[str]] | None = None) -> None:
    """Both antennas go round once a second and hear these tags."""
    for _ in range(seconds):
        heard = [(antenna, tag) for antenna, tags in (hears or {}).items() for tag in tags]
        if heard:
            desk.stock.observe(reads(desk.clock + 0.3, *heard, src="reader-1"))
        for antenna in (1, 2):
            t = desk.clock + 0.8
            desk.stock.observe(Round("reader-1", t, t, antenna))
        desk.clock += 1
        desk.stock.advance(desk.clock)


async def measured(bench: Bench, here: httpx.AsyncClient) -> dict[str, Any]:
    """Both zones; antenna 2 is deaf, antenna 1 hears a part of its neighbour's tags."""
    await here.post(PATH, json={"do": "start", "count": 5})
    live(bench.desk, 21)
    await here.post(PATH, json=LAY)
    live(bench.desk, 26, {1: TAGS})
    await here.post(PATH, json=LAY | {"zone": "shelf-b"})
    live(bench.desk, 26, {1: TAGS[:2]})
    answer: dict[str, Any] = (await here.get(PATH)).json()
    return answer


async def test_a_walk_says_which_antenna_is_deaf(bench: Bench, here: httpx.AsyncClient) -> None:
    state = await measured(bench, here)
    assert (state["phase"], state["known"], state["count"]) == ("ready", 5, 5)
    assert [(one["zone"], one["heard"], one["applied"]) for one in state["stops"]] == [
        ("shelf-a", 5, False),
        ("shelf-b", 2, False),
    ]
    verdicts = {one["antenna"]: (one["verdict"], one["rate"]) for one in state["antennas"]}
    assert verdicts == {1: ("good", 1.0), 2: ("deaf", 0.0)}
    french = (await here.get("/walk?lang=fr")).text
    assert "sourde : tourne et n’entend rien" in french
    assert "5 sur 5 entendues" in french
    applied = (await here.post(PATH, json={"do": "apply"})).json()
    assert all(one["applied"] for one in applied["stops"])
    assert "in force" in (await here.get("/walk?lang=en")).text
    ended = (await here.post(PATH, json={"do": "discard"})).json()
    assert (ended["phase"], ended["stops"]) == ("idle", [])


async def test_while_tags_lie_there_it_says_who_hears_them(
    bench: Bench, here: httpx.AsyncClient
) -> None:
    await here.post(PATH, json={"do": "start", "tags": TAGS})
    said = (await here.post(PATH, json=LAY)).json()
    assert (said["phase"], said["zone"], said["left"]) == ("laid", "shelf-a", 23.0)
    live(bench.desk, 10, {1: TAGS, 2: TAGS[:3]})
    state = (await here.get(PATH)).json()
    assert (state["heard"], state["left"]) == (5, 13.0)
    assert [one["tags"] for one in state["hearing"]] == [5, 3]
    page = (await here.get("/walk?lang=en")).text
    assert "They lie in Rayon A: touch nothing for another 13" in page
    assert "5 of 5 tags heard" in page


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (LAY, "not_started"),
        ({"do": "apply"}, "nothing"),
    ],
)
async def test_a_step_that_must_wait_is_refused_with_the_reason(
    here: httpx.AsyncClient, body: dict[str, Any], why: str
) -> None:
    answer = await here.post(PATH, json=body)
    assert (answer.status_code, answer.json()["why"]) == (409, why)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"do": "fly"}, "do"),
        ({"do": "start", "count": 1}, "count"),
        ({"do": "start", "count": "many"}, "count"),
        ({"do": "start", "tags": ["not hex", "00", "1"]}, "tags"),
        ({"do": "start", "tags": ["00"] * 51}, "tags"),
        ({"do": "lay", "zone": "the moon"}, "zone"),
        ({"do": "lay", "zone": "shelf-a", "seconds": -1}, "seconds"),
    ],
)
async def test_a_wrong_body_is_said_by_field(
    here: httpx.AsyncClient, body: dict[str, Any], field: str
) -> None:
    answer = await here.post(PATH, json=body)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == field


async def test_only_staff_and_admins_walk_and_the_network_needs_a_token(bench: Bench) -> None:
    allowed = {}
    for role in Role:
        token = bench.access.create_token(role, role.value)
        body = {"do": "start", "count": 5}
        answer = await bench.client("192.168.1.9", token).post(PATH, json=body)
        allowed[role.value] = answer.status_code
    assert allowed == {"viewer": 403, "till": 403, "staff": 200, "admin": 200}
    nobody = await bench.client("192.168.1.9").post(PATH, json={"do": "discard"})
    assert nobody.status_code == 401


async def test_no_epc_is_told(bench: Bench, here: httpx.AsyncClient) -> None:
    await measured(bench, here)
    for path in (PATH, "/walk"):
        assert TAGS[0] not in (await here.get(path)).text


async def test_a_full_disk_takes_no_step(bench: Bench, here: httpx.AsyncClient) -> None:
    bench.desk.full = True
    assert (await here.post(PATH, json={"do": "start", "count": 5})).status_code == 503
