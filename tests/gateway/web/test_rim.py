"""Who may do what, errors, headers, health and the OpenAPI document."""

from __future__ import annotations

from collections.abc import Callable

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from gateway.desk import Sample
from gateway.web.access import Role
from gateway.web.rates import WRITES_BURST, WRITES_PER_SECOND, Buckets
from tests.gateway.web.conftest import Bench
from tests.gateway.web.desk import SCARF

SALE = {"id": "R-1", "lines": [{"gtin": SCARF, "qty": 1}]}
OUTSIDE = "192.168.1.77"


async def sell(client: httpx.AsyncClient, **headers: str) -> int:
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    return (await client.post("/api/v1/sales", json=SALE, headers=names)).status_code


async def test_before_the_first_token_only_this_machine_writes(bench: Bench) -> None:
    assert await sell(bench.client("127.0.0.1")) == 201
    assert await sell(bench.client("::1")) == 200
    assert await sell(bench.client("::ffff:127.0.0.1")) == 200
    assert await sell(bench.client(OUTSIDE)) == 401
    here = bench.client()
    assert await sell(here, X_Forwarded_For=OUTSIDE) == 401, "behind a proxy we see the proxy"
    assert await sell(here, Host="evil.example") == 401, "a name that was pointed here"


async def test_a_token_writes_by_its_role(bench: Bench) -> None:
    tokens = {role: bench.access.create_token(role, role.value) for role in Role}
    assert await sell(bench.client()) == 401, "from now on nobody writes without one"
    assert await sell(bench.client(OUTSIDE, tokens[Role.VIEWER])) == 403
    for role in (Role.TILL, Role.STAFF, Role.ADMIN):
        assert await sell(bench.client(OUTSIDE, tokens[role])) in (200, 201)
    refused = await bench.client(OUTSIDE, "sct_guess").post("/api/v1/sales", json=SALE)
    assert refused.status_code == 401
    assert refused.headers["www-authenticate"].startswith("Bearer")


async def test_closed_reading_takes_a_token(bench_for: Callable[..., Bench]) -> None:
    bench = bench_for(open_reading=False)
    token = bench.access.create_token(Role.VIEWER, "screen")
    for path in ("/api/v1/availability", "/api/v1/devices", "/api/v1/footfall", "/metrics", "/"):
        refused = await bench.client(OUTSIDE).get(path)
        assert (refused.status_code, "Basic" in refused.headers["www-authenticate"]) == (401, True)
        assert (await bench.client(OUTSIDE, token).get(path)).status_code == 200
        assert (await bench.client(OUTSIDE).get(path, auth=("me", token))).status_code == 200
    assert (await bench.client(OUTSIDE).get("/healthz")).status_code == 200


async def test_another_sites_page_writes_nothing(here: httpx.AsyncClient) -> None:
    assert await sell(here, Origin="https://evil.example") == 403
    assert await sell(here, Sec_Fetch_Site="cross-site") == 403
    assert await sell(here, Origin="http://127.0.0.1:8080", Sec_Fetch_Site="same-origin") == 201


async def test_who_writes_too_often_waits(bench: Bench, here: httpx.AsyncClient) -> None:
    bench.app.state.web.buckets = Buckets(rate=2, burst=3)
    assert [await sell(here) for _ in range(4)] == [201, 200, 200, 429]
    refused = await here.post("/api/v1/sales", json=SALE)
    assert refused.headers["retry-after"] == "1"
    assert "shelfcast_web_too_many_writes_total 2.0" in (await here.get("/metrics")).text
    assert await sell(bench.client("127.0.0.2")) == 200, "others are not held back"
    bench.clock[0] += 1
    assert [await sell(here) for _ in range(3)] == [200, 200, 429]


def test_a_till_may_ring_up_twenty_a_second() -> None:
    assert WRITES_PER_SECOND >= 20
    assert WRITES_BURST >= 20


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/nothing/here", 404),
        ("GET", "/api/v1/", 404),
        ("PATCH", "/api/v1/sales", 405),
        ("DELETE", "/api/v1/availability", 405),
    ],
)
async def test_every_error_is_a_problem(
    here: httpx.AsyncClient, method: str, path: str, status: int
) -> None:
    answer = await here.request(method, path)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json().keys() >= {"type", "title", "status", "detail"}
    assert (status == 405) == ("allow" in answer.headers)


async def test_a_fault_of_ours_shows_nothing_of_itself(
    bench: Bench, here: httpx.AsyncClient
) -> None:
    bench.desk.broken = True
    answer = await here.get("/api/v1/footfall")
    assert answer.status_code == 500
    assert answer.headers["content-type"] == "application/problem+json"
    assert "secret" not in answer.text


async def test_headers_keep_a_browser_here(here: httpx.AsyncClient) -> None:
    for path in ("/healthz", "/nothing/here"):
        headers = (await here.get(path)).headers
        assert headers["content-security-policy"].startswith("default-src 'self'")
        assert headers["x-content-type-options"] == "nosniff"


async def test_ready_says_what_is_missing(bench: Bench, here: httpx.AsyncClient) -> None:
    assert (await here.get("/readyz")).json() == {"ready": True, "missing": []}
    bench.desk.missing = ["the clock is not set"]
    answer = await here.get("/readyz")
    assert (answer.status_code, answer.json()["missing"]) == (503, ["the clock is not set"])


async def test_metrics_are_prometheus_text(bench: Bench, here: httpx.AsyncClient) -> None:
    bench.desk.told = [
        Sample("frames_total", "counter", "frames", 7, (("device", 'r"1'),)),
        Sample("outbox_messages", "gauge", "messages waiting", 3),
        Sample("frames_total", "counter", "frames", 2, (("device", "r2"),)),
    ]
    answer = await here.get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    families = {one.name: one for one in text_string_to_metric_families(answer.text)}
    assert all(name.startswith("shelfcast_") for name in families)
    frames = families["shelfcast_frames"].samples
    assert {(s.name, s.labels["device"], s.value) for s in frames} == {
        ("shelfcast_frames_total", 'r"1', 7.0),
        ("shelfcast_frames_total", "r2", 2.0),
    }


async def test_openapi_is_complete(here: httpx.AsyncClient) -> None:
    document = (await here.get("/openapi.json")).json()
    assert document["info"]["title"] == "Shelfcast"
    assert document["info"]["version"]
    paths = document["paths"]
    for path in ("sales", "returns", "deliveries", "stocktakes", "holds"):
        post = paths[f"/api/v1/{path}"]["post"]
        assert "application/json" in post["requestBody"]["content"]
        assert list(post["responses"]["409"]["content"]) == ["application/problem+json"]
    text = (await here.get("/openapi.json")).text
    named = {part.split('"')[0] for part in text.split("#/components/schemas/")[1:]}
    assert named <= document["components"]["schemas"].keys()
    for operations in paths.values():
        for operation in operations.values():
            assert operation["summary"] or operation["description"]
    for gone in ("/docs", "/redoc"):
        assert (await here.get(gone)).status_code == 404
