"""`/api/v1/availability`."""

from __future__ import annotations

import httpx
import pytest

from gateway.changes import StockState
from tests.gateway.web.conftest import Bench
from tests.gateway.web.desk import COAT, COAT_BLUE, SCARF, STRANGER, stock

PATH = "/api/v1/availability"


async def test_says_what_the_engine_said(bench: Bench, here: httpx.AsyncClient) -> None:
    bench.desk.board.apply([stock(SCARF, 5, on_hand=7, expected=6.9312, reserved=2)])
    answer = (await here.get(f"{PATH}/{SCARF}")).json()
    assert answer == {
        "gtin": SCARF,
        "name": "Écharpe laine",
        "state": "in_stock",
        "available": 5,
        "on_hand": 7,
        "expected": 6.931,
        "p_available": 1.0,
        "holds": 2,
        "unavailable": 0,
        "as_of": "2025-11-21T16:00:00Z",
        "heard": "2025-11-21T15:59:55Z",
        "sources": ["tags", "book"],
        "zones": [{"zone": "shelf-a", "expected": 5.0, "capacity": 10}],
        "variants": [],
    }


async def test_never_answered_is_unknown_and_not_zero(here: httpx.AsyncClient) -> None:
    answer = (await here.get(f"{PATH}/{SCARF}")).json()
    assert (answer["state"], answer["available"]) == ("unknown", 0)
    assert (
        answer["on_hand"] is answer["expected"] is answer["p_available"] is answer["as_of"] is None
    )


async def test_variants_are_the_other_articles_of_the_model(
    bench: Bench, here: httpx.AsyncClient
) -> None:
    bench.desk.board.apply([stock(COAT_BLUE, 3)])
    answer = (await here.get(f"{PATH}/{COAT}")).json()
    assert answer["variants"] == [
        {"gtin": COAT_BLUE, "name": "Manteau bleu", "state": "in_stock", "available": 3}
    ]


@pytest.mark.parametrize("written", [SCARF, SCARF[1:]])
async def test_short_gtins_are_answered_as_14(here: httpx.AsyncClient, written: str) -> None:
    assert (await here.get(f"{PATH}/{written}")).json()["gtin"] == SCARF


async def test_not_in_the_catalogue_is_404(here: httpx.AsyncClient) -> None:
    answer = await here.get(f"{PATH}/{STRANGER}")
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["type"] == "urn:shelfcast:problem:unknown_gtin"


@pytest.mark.parametrize("wrong", ["03453120000012", "abc", "123456789"])
async def test_no_gtin_names_the_field(here: httpx.AsyncClient, wrong: str) -> None:
    answer = await here.get(f"{PATH}/{wrong}")
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "gtin"


async def test_unchanged_is_304_until_it_changes(bench: Bench, here: httpx.AsyncClient) -> None:
    bench.desk.board.apply([stock(SCARF, 5)])
    for path in (PATH, f"{PATH}/{SCARF}"):
        tag = (await here.get(path)).headers["etag"]
        again = await here.get(path, headers={"If-None-Match": f'"other", W/{tag}'})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    bench.desk.board.apply([stock(SCARF, 4)])
    assert (await here.get(path, headers={"If-None-Match": tag})).status_code == 200


async def test_filters(bench: Bench, here: httpx.AsyncClient) -> None:
    bench.desk.board.apply(
        [stock(SCARF, 5), stock(COAT, 0), stock(COAT_BLUE, 1, zones={"back": 1.0})]
    )

    async def gtins(**query: str) -> list[str]:
        return [one["gtin"] for one in (await here.get(PATH, params=query)).json()["items"]]

    assert await gtins() == [SCARF, COAT, COAT_BLUE]
    assert await gtins(state="out_of_stock") == [COAT]
    assert await gtins(zone="shelf-b") == [COAT], "shelf space counts, empty or not"
    assert await gtins(zone="back") == [COAT_BLUE]
    assert await gtins(q="echarpe") == [SCARF], "accents do not matter"
    assert await gtins(q="COAT blue") == [COAT_BLUE], "every word, any language, any order"
    assert await gtins(q="0000028") == [COAT]
    assert await gtins(q="coat", state=StockState.UNKNOWN.value) == []


async def test_pages_give_every_article_once(here: httpx.AsyncClient) -> None:
    seen: list[str] = []
    cursor: str | None = None
    while True:
        query = {"limit": "2"} | ({"cursor": cursor} if cursor else {})
        page = (await here.get(PATH, params=query)).json()
        assert page["total"] == 3
        seen += [one["gtin"] for one in page["items"]]
        cursor = page["next"]
        if cursor is None:
            break
    assert seen == [SCARF, COAT, COAT_BLUE]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"zone": "cellar"}, "zone"),
        ({"state": "plenty"}, "state"),
        ({"limit": "0"}, "limit"),
        ({"limit": "501"}, "limit"),
        ({"cursor": "xyz"}, "cursor"),
        ({"q": "x" * 101}, "q"),
    ],
)
async def test_wrong_query_names_the_field(
    here: httpx.AsyncClient, query: dict[str, str], field: str
) -> None:
    answer = await here.get(PATH, params=query)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == field


async def test_variants_are_on_every_page_as_on_their_own(here: httpx.AsyncClient) -> None:
    alone = (await here.get(f"{PATH}/{COAT}")).json()
    page = (await here.get(PATH)).json()["items"]
    assert alone["variants"]
    assert next(one for one in page if one["gtin"] == COAT) == alone


async def test_an_empty_filter_is_none(here: httpx.AsyncClient) -> None:
    plain = (await here.get(PATH)).json()
    asked = await here.get(f"{PATH}?zone=&state=&q=&limit=&cursor=")
    assert (asked.status_code, asked.json()) == (200, plain)
    assert (await here.get(f"{PATH}?zone=nowhere&state=")).status_code == 422


async def test_the_head_of_an_answer_is_that_of_the_answer(here: httpx.AsyncClient) -> None:
    whole, head = await here.get(PATH), await here.head(PATH)
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["etag"] == whole.headers["etag"]
