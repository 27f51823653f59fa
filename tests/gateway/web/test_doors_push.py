"""Counters that call us: who may, and what they are answered."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest

from gateway.web.access import Role, TokenFile
from gateway.web.app import create_app
from tests.gateway.web.desk import NOW, MemoryDesk, shop

PATH = "/api/v1/doors/door-main/push"


@dataclass
class Pushed:
    """A door that takes what comes, and clients for it."""

    access: TokenFile
    bodies: list[tuple[bytes, float]] = field(default_factory=list)
    running: bool = True

    def __post_init__(self) -> None:
        self.app = create_app(
            MemoryDesk(), shop(), access=self.access, pushes={"door-main": self.take}
        )

    def take(self, body: bytes, at: float) -> bool:
        if body == b"wrong":
            raise ValueError("the body is not JSON: nonsense")
        self.bodies.append((body, at))
        return self.running

    def client(self, address: str = "192.168.1.30") -> httpx.AsyncClient:
        transport = httpx.ASGITransport(self.app, client=(address, 40_000))
        return httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8080")


@pytest.fixture
def door(tmp_path: Path) -> Pushed:
    return Pushed(TokenFile(tmp_path / "tokens.json"))


@pytest.fixture
async def network(door: Pushed) -> AsyncIterator[httpx.AsyncClient]:
    async with door.client() as client:
        yield client


@pytest.fixture
def token(door: Pushed) -> str:
    return door.access.create_token(Role.TILL, "counter")


async def test_a_bench_without_tokens_takes_pushes_from_this_machine_alone(
    door: Pushed, network: httpx.AsyncClient
) -> None:
    async with door.client("127.0.0.1") as here:
        answer = await here.post(PATH, content=b"{}")
    assert (answer.status_code, answer.content) == (204, b"")
    assert door.bodies == [(b"{}", NOW)]
    assert (await network.post(PATH, content=b"{}")).status_code == 401


@pytest.mark.parametrize("way", ["bearer", "basic", "query"])
async def test_a_device_says_its_token_as_it_can(
    door: Pushed, network: httpx.AsyncClient, token: str, way: str
) -> None:
    if way == "bearer":
        answer = await network.post(PATH, headers={"Authorization": f"Bearer {token}"})
    elif way == "basic":
        answer = await network.post(PATH, auth=("any", token))
    else:
        answer = await network.post(f"{PATH}?token={token}")
    assert answer.status_code == 204
    assert len(door.bodies) == 1


async def test_who_may_not(door: Pushed, network: httpx.AsyncClient, token: str) -> None:
    viewer = door.access.create_token(Role.VIEWER, "viewer")
    none = await network.post(PATH)
    assert none.status_code == 401
    assert "Basic" in none.headers["www-authenticate"]
    assert (await network.post(f"{PATH}?token=guess")).status_code == 401
    assert (await network.post(f"{PATH}?token={viewer}")).status_code == 403
    evil = {"Origin": "http://evil.example"}
    assert (await network.post(f"{PATH}?token={token}", headers=evil)).status_code == 403
    assert door.bodies == []


async def test_a_token_in_the_address_is_good_for_pushing_alone(
    network: httpx.AsyncClient, token: str
) -> None:
    sale = {"id": "R-1", "lines": []}
    assert (await network.post(f"/api/v1/sales?token={token}", json=sale)).status_code == 401


async def test_a_token_in_the_address_is_in_no_log(
    network: httpx.AsyncClient, token: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level("DEBUG", "gateway"):
        await network.post(f"{PATH}?token={token}")
        await network.post("/api/v1/doors/other/push?token=" + token)
    assert token not in caplog.text


async def test_what_is_answered(door: Pushed, network: httpx.AsyncClient, token: str) -> None:
    client = network
    client.headers["Authorization"] = f"Bearer {token}"
    wrong = await client.post(PATH, content=b"wrong")
    assert (wrong.status_code, wrong.json()["detail"]) == (422, "the body is not JSON: nonsense")
    assert (await client.post("/api/v1/doors/other/push")).status_code == 404
    assert (await client.post(PATH, content=b"x" * ((1 << 20) + 1))).status_code == 413
    door.running = False
    later = await client.post(PATH, content=b"{}")
    assert (later.status_code, later.headers["retry-after"]) == (503, "5")
