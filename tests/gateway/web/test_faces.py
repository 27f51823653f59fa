"""The pages for sellers and shoppers, and errors for people."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from gateway.changes import StockState
from gateway.web.access import TokenFile
from gateway.web.app import create_app
from gateway.web.shop import Shop, ShopArticle
from gateway.web.shopper import Word, names_of, word_of
from tests.gateway.web.conftest import Bench
from tests.gateway.web.desk import COAT, COAT_BLUE, SCARF, STRANGER, stock
from tests.gateway.web.store import busy_desk, busy_shop

PEOPLE = {"Accept": "text/html,application/xhtml+xml", "Accept-Language": "en"}
FLOOR = ("shelf-a", "shelf-b")


def text_of(html: str) -> str:
    body = html.split("<main", 1)[1].split("</main>")[0]
    return " ".join(re.sub(r"<[^>]*>", " ", body).split())


@pytest.mark.parametrize(
    ("change", "word"),
    [
        (None, Word.ASK),
        (stock(SCARF, 5, state=StockState.UNKNOWN), Word.ASK),
        (stock(SCARF, 0), Word.NONE),
        (stock(SCARF, 5), Word.HERE),
        (stock(SCARF, 1, state=StockState.LOW), Word.FEW),
        (stock(SCARF, 5, zones={"back": 5.0}), Word.FETCH),
        (stock(SCARF, 5, zones={"back": 4.8, "shelf-a": 0.2}), Word.FETCH),
        (stock(SCARF, 0, on_hand=2, state=StockState.LOW), Word.ASK),
        (stock(SCARF, 5, zones={}), Word.HERE),
    ],
)
def test_a_shoppers_word(change: object, word: Word) -> None:
    assert word_of(change, FLOOR) is word  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("names", "attributes", "title", "labels"),
    [
        (["Jean", "Jean"], ["30", "32"], "Jean", ["30", "32"]),
        (["Marin, bleu, S", "Marin, bleu, M"], ["x", "y"], "Marin, bleu", ["S", "M"]),
        (["Pull M", "Pull Mohair"], ["", ""], "Pull", ["M", "Mohair"]),
        (["Pull", "Pull long"], ["S", "S"], "Pull", ["S", "long"]),
        (["Red coat", "Blue coat"], ["38", "40"], "Red coat", ["38", "Blue coat · 40"]),
        (["Bol"], [""], "Bol", ["Bol"]),
    ],
)
def test_what_a_model_is_called(
    names: list[str], attributes: list[str], title: str, labels: list[str]
) -> None:
    articles = {
        str(n): ShopArticle(str(n), name, attributes=attributes[n]) for n, name in enumerate(names)
    }
    shop = Shop("S", "S", articles=articles)
    assert names_of(shop, list(articles), "fr") == (
        title,
        {str(n): label for n, label in enumerate(labels)},
    )


async def test_the_seller_sees_variants_side_by_side(bench: Bench) -> None:
    bench.desk.board.apply([stock(SCARF, 4), stock(COAT, 3), stock(COAT_BLUE, 0)])
    here = bench.client()
    for q in ("manteau 38", COAT, COAT[1:], f"https://id.example/01/{COAT}/21/9"):
        html = (await here.get("/seller", params={"q": q, "lang": "fr"})).text
        assert re.findall(r'<li[^>]*data-gtin="(\d+)"', html) == [COAT, COAT_BLUE], q
        assert re.findall(r'data-hold="(\d+)"', html) == [COAT], "nothing to hold of what is out"
        assert re.findall(r'<li class="meant" data-gtin="(\d+)"', html) == [COAT]
    assert "3 dispo" in html
    assert "catalogue" in (await here.get(f"/seller?q={STRANGER}")).text
    assert "data-hold" not in (await here.get("/seller")).text


async def test_the_seller_cannot_hold_what_nobody_knows(bench: Bench) -> None:
    bench.desk.board.apply([stock(SCARF, 4, state=StockState.UNKNOWN)])
    html = (await bench.client().get("/seller?q=echarpe")).text
    assert "data-hold" not in html
    assert "go and look" in html


async def test_the_token_field_comes_with_the_first_token(bench: Bench) -> None:
    here = bench.client()
    assert "token" not in (await here.get("/seller")).text.split("<main")[1].split("dialog")[0]
    assert 'id="token"' not in (await here.get("/seller")).text
    from gateway.web.access import Role

    bench.access.create_token(Role.STAFF, "seller")
    assert 'id="token"' in (await here.get("/seller")).text


async def test_the_screen_shows_what_can_be_had(bench: Bench) -> None:
    here = bench.client()
    empty = text_of((await here.get("/kiosk?lang=en")).text)
    assert "Please ask our staff." in empty
    bench.desk.board.apply([stock(SCARF, 0), stock(COAT, 3)])
    shown = text_of((await here.get("/kiosk?lang=en")).text)
    assert "Red coat" in shown
    assert "scarf" not in shown
    assert "taille 40 Please ask us" in shown, "of the blue one nothing is known"
    bench.desk.board.apply([stock(COAT, 3, state=StockState.UNKNOWN)])
    assert "coat" not in text_of((await here.get("/kiosk?lang=en")).text)


async def test_the_screen_turns_its_pages(tmp_path: Path) -> None:
    shop = busy_shop()
    app = create_app(busy_desk(shop), shop, access=TokenFile(tmp_path / "t"))
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app), base_url="http://127.0.0.1"
    ) as here:
        at, seen, titles = "/kiosk", [], []
        while at not in seen:
            seen.append(at)
            html = (await here.get(at)).text
            assert f'content="12; url={at_next(html)}"' in html, "without a script, too"
            titles += re.findall(r"<h2>(.*?)</h2>", html)
            at = at_next(html)
        assert (len(seen), at) == (2, "/kiosk")
        assert len(titles) == len(set(titles)) == 9


def at_next(html: str) -> str:
    return re.findall(r'data-next="([^"]+)"', html)[0]


@pytest.mark.parametrize("path", ["/p/{}", "/kiosk"])
async def test_a_shopper_sees_no_number_of_the_stores_own(bench: Bench, path: str) -> None:
    bench.desk.board.apply([stock(SCARF, 4713, reserved=4711), stock(COAT, 4712)])
    html = (await bench.client().get(path.format(SCARF))).text
    for number in ("4713", "4712", "4711", "PAR-01", "shelf-a"):
        assert number not in html
    assert not re.search(r"\d{8,}", text_of(html))


async def test_the_landing_page_says_it_in_words(bench: Bench) -> None:
    here = bench.client()
    bench.desk.board.apply([stock(COAT, 1, state=StockState.LOW, zones={"shelf-b": 1.0})])
    bench.desk.board.apply([stock(COAT_BLUE, 0)])
    said = text_of((await here.get(f"/p/{COAT}", headers=PEOPLE)).text)
    assert "Red coat taille 38 Last few" in said
    assert "Blue coat · taille 40 Not in the store" in said
    blue = text_of((await here.get(f"/p/{COAT_BLUE}", headers=PEOPLE)).text)
    assert blue.startswith('id="main"> Blue coat taille 40 Not in the store')
    french = text_of((await here.get(f"/p/{SCARF[1:]}?lang=fr")).text)
    assert "Demandez-nous" in french


@pytest.mark.parametrize("code", [SCARF, SCARF[1:]])
@pytest.mark.parametrize("more", ["", "/21/A%2F7", "/10/LOT/21/77", "?lang=fr"])
async def test_a_digital_link_leads_to_the_page(bench: Bench, code: str, more: str) -> None:
    here = bench.client()
    answer = await here.get(f"/01/{code}{more}")
    assert answer.status_code == 307
    lang = more if more.startswith("?") else ""
    assert answer.headers["location"] == f"/p/{SCARF}{lang}"
    assert (await here.get(answer.headers["location"])).status_code == 200


async def test_short_codes_lead_there_too(bench: Bench) -> None:
    here = bench.client()
    for code, whole in (("96385074", "00000096385074"), ("614141000036", "00614141000036")):
        assert (await here.get(f"/01/{code}")).headers["location"] == f"/p/{whole}"


@pytest.mark.parametrize(
    ("path", "status", "said"),
    [
        ("/nothing/here", 404, "There is no such page"),
        (f"/p/{STRANGER}", 404, "We do not have this article"),
        (f"/stock/{STRANGER}", 404, "We do not have this article"),
        ("/01/03453120000012", 422, "A digit of the code may be wrong"),
        ("/p/x", 422, "not the right address"),
    ],
)
async def test_errors_are_pages_for_people(bench: Bench, path: str, status: int, said: str) -> None:
    here = bench.client()
    answer = await here.get(path, headers=PEOPLE)
    assert (answer.status_code, answer.headers["content-type"]) == (
        status,
        "text/html; charset=utf-8",
    )
    assert said in answer.text
    assert STRANGER not in text_of(answer.text)
    plain = await here.get(path)
    assert plain.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("path", ["/api/v1/nothing", f"/api/v1/availability/{STRANGER}"])
async def test_the_api_answers_problems_to_browsers_too(bench: Bench, path: str) -> None:
    answer = await bench.client().get(path, headers=PEOPLE)
    assert answer.headers["content-type"] == "application/problem+json"


async def test_a_closed_store_asks_people_for_a_password(bench_for: Callable[..., Bench]) -> None:
    bench = bench_for(open_reading=False)
    outside = bench.client("192.168.1.77")
    for path in ("/seller", "/kiosk", f"/p/{SCARF}"):
        refused = await outside.get(path, headers=PEOPLE)
        assert refused.status_code == 401
        assert "Basic" in refused.headers["www-authenticate"]
        assert "Staff only" in refused.text
