"""The demo's own route and script."""

from __future__ import annotations

from fastapi import FastAPI
from httpx import ASGITransport, AsyncClient

from gateway.demo.truth import truth_extension


async def test_the_truth_is_told_as_it_is():
    extension = truth_extension(lambda: {"t": 1.0, "stock": {}})
    app = FastAPI()
    app.include_router(extension.router)
    async with AsyncClient(transport=ASGITransport(app), base_url="http://page") as client:
        answer = await client.get("/demo/truth")
    assert answer.json() == {"t": 1.0, "stock": {}}
    assert "/demo/truth" not in app.openapi()["paths"]


def test_the_script_comes_with_the_program():
    script = truth_extension(dict).script
    assert script is not None
    assert "shelfcast:live" in script.read_text("utf-8")
