"""A client on the app over ASGI, from this machine and from the network."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from gateway.web.access import TokenFile
from gateway.web.app import create_app
from tests.gateway.web.desk import MemoryDesk, shop


@dataclass
class Bench:
    """An app, what it stands on, and clients for it."""

    desk: MemoryDesk
    access: TokenFile
    app: FastAPI
    clock: list[float]
    clients: list[httpx.AsyncClient] = field(default_factory=list)

    def client(self, address: str = "127.0.0.1", token: str | None = None) -> httpx.AsyncClient:
        transport = httpx.ASGITransport(
            self.app, client=(address, 40_000), raise_app_exceptions=False
        )
        made = httpx.AsyncClient(
            transport=transport,
            base_url="http://127.0.0.1:8080",
            headers={"Authorization": f"Bearer {token}"} if token else {},
        )
        self.clients.append(made)
        return made


@pytest.fixture
async def bench_for(tmp_path: Path) -> AsyncIterator[Callable[..., Bench]]:
    made: list[Bench] = []

    def make(**options: bool) -> Bench:
        desk, access, clock = MemoryDesk(), TokenFile(tmp_path / "tokens.json"), [0.0]
        app = create_app(desk, shop(**options), access=access, monotonic=lambda: clock[0])
        made.append(Bench(desk, access, app, clock))
        return made[-1]

    yield make
    for bench in made:
        for client in bench.clients:
            await client.aclose()


@pytest.fixture
def bench(bench_for: Callable[..., Bench]) -> Bench:
    return bench_for()


@pytest.fixture
def here(bench: Bench) -> httpx.AsyncClient:
    """A client on this machine."""
    return bench.client()
