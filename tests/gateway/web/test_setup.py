"""The first token, for the code that the first start printed."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest

from gateway.web.access import Role, TokenFile
from gateway.web.app import create_app
from gateway.web.setup_code import LETTERS, TRIES, SetupCode
from tests.gateway.web.conftest import Bench
from tests.gateway.web.desk import MemoryDesk, shop

PATH = "/api/v1/setup"
OUTSIDE = ("192.168.1.77", 40_000)


@pytest.fixture
def code(tmp_path: Path) -> SetupCode:
    return SetupCode(TokenFile(tmp_path / "tokens.json"))


@pytest.fixture
def outside(tmp_path: Path, code: SetupCode) -> httpx.AsyncClient:
    access = TokenFile(tmp_path / "tokens.json")
    app = create_app(MemoryDesk(), shop(), access=access, code=code)
    return httpx.AsyncClient(
        transport=httpx.ASGITransport(app, client=OUTSIDE), base_url="http://shelf:8080"
    )


def test_a_code_is_easy_to_read_and_never_the_same(tmp_path: Path) -> None:
    codes = {SetupCode(TokenFile(tmp_path / "t")).code for _ in range(50)}
    assert len(codes) == 50
    assert all(len(one) == 9 and set(one) <= set(LETTERS + "-") for one in codes)
    assert not set("01IOL") & set(LETTERS)


async def test_the_code_makes_one_admin(
    tmp_path: Path, code: SetupCode, outside: httpx.AsyncClient
) -> None:
    given = {"code": code.code.lower().replace("-", " "), "name": "Amélie"}
    made = await outside.post(PATH, json=given)
    assert made.status_code == 201
    token = made.json()["token"]
    assert TokenFile(tmp_path / "tokens.json").role_of(token) is Role.ADMIN
    again = await outside.post(PATH, json=given)
    assert (again.status_code, again.json()["title"]) == (409, "claimed")


async def test_five_wrong_tries_spend_it(code: SetupCode, outside: httpx.AsyncClient) -> None:
    for wrong in ("", "é", "AAAA-AAAA", code.code[:-1], code.code + "A"):
        answer = await outside.post(PATH, json={"code": wrong, "name": "x"})
        assert (answer.status_code, answer.json()["title"]) == (403, "wrong code"), TRIES
        assert code.code not in answer.text
    spent = await outside.post(PATH, json={"code": code.code, "name": "x"})
    assert (spent.status_code, spent.json()["title"]) == (410, "code spent")


async def test_a_bad_name_costs_no_try(code: SetupCode, outside: httpx.AsyncClient) -> None:
    for name in ("", "x" * 65, "a\nb"):
        answer = await outside.post(PATH, json={"code": code.code, "name": name})
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "name")
    assert code.left == TRIES


async def test_a_token_made_elsewhere_ends_it(
    tmp_path: Path, code: SetupCode, outside: httpx.AsyncClient
) -> None:
    TokenFile(tmp_path / "tokens.json").create_token(Role.TILL, "till")
    answer = await outside.post(PATH, json={"code": code.code, "name": "x"})
    assert answer.status_code == 409


async def test_another_sites_page_cannot_try(code: SetupCode, outside: httpx.AsyncClient) -> None:
    headers = {"Origin": "https://evil.example"}
    answer = await outside.post(PATH, json={"code": code.code, "name": "x"}, headers=headers)
    assert (answer.status_code, code.left) == (403, TRIES)


async def test_a_store_with_tokens_has_no_code(bench: Bench) -> None:
    answer = await bench.client().post(PATH, json={"code": "AAAA-AAAA", "name": "x"})
    assert answer.status_code == 409
