"""The pages as they are served, without a script."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import httpx
import pytest

from gateway.changes import StockState, StoreMinute
from gateway.web.access import TokenFile
from gateway.web.app import create_app
from gateway.web.context import Extension
from gateway.web.speech import Speech
from gateway.web.words import LANGUAGES, WORDS, language
from tests.gateway.web.conftest import Bench
from tests.gateway.web.desk import COAT, NOW, SCARF, STRANGER, MemoryDesk, shop, stock
from tests.gateway.web.store import busy_desk, busy_shop

PAGES = (
    "/",
    "/stock",
    "/doors",
    "/devices",
    "/walk",
    "/seller",
    "/seller?q=a",
    "/kiosk",
    f"/stock/{SCARF}",
    f"/p/{SCARF}",
)
TEMPLATES = Path(__file__).parents[3] / "gateway/web/templates"


class Reader(HTMLParser):
    """Checks what a screen reader and a strict policy need, tag by tag."""

    VOID = frozenset({"meta", "link", "input", "rect", "line", "br"})

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.named: list[str] = []
        self.faults: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag not in self.VOID:
            self.open.append(tag)
        if (mark := given.get("id")) is not None:
            self.ids.append(mark)
        self.named += (given.get("aria-labelledby") or "").split()
        if tag == "th" and "scope" not in given:
            self.faults.append("th without scope")
        if tag == "script" and not (given.get("src") or "").startswith("/static/"):
            self.faults.append("script that the policy refuses")
        if (
            tag in ("input", "select")
            and given.get("type") != "hidden"
            and "label" not in self.open
        ):
            self.faults.append(f"{tag} without label")
        if "style" in given or any(name.startswith("on") for name in given):
            self.faults.append(f"inline style or handler on {tag}")

    def handle_endtag(self, tag: str) -> None:
        if tag in self.VOID:
            return
        if not self.open or self.open.pop() != tag:
            self.faults.append(f"</{tag}> closes nothing")


async def read(here: httpx.AsyncClient, path: str, lang: str = "en") -> str:
    answer = await here.get(path, headers={"Accept-Language": lang})
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    return answer.text


def cells(html: str, gtin: str) -> dict[str, str]:
    row = html.split(f'data-gtin="{gtin}"')[1].split("</tr>")[0]
    found = re.findall(r'data-field="(\w+)">(.*?)</t[hd]>', row, re.DOTALL)
    return {field: re.sub(r"<[^>]*>", "", text).strip() for field, text in found}


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("path", PAGES)
async def test_pages_are_sound_html(here: httpx.AsyncClient, path: str, lang: str) -> None:
    html = await read(here, path, lang)
    reader = Reader()
    reader.feed(html)
    assert (reader.faults, reader.open) == ([], [])
    assert len(reader.ids) == len(set(reader.ids)), "an id stands once"
    assert set(reader.named) <= set(reader.ids)
    assert html.startswith(f'<!doctype html>\n<html lang="{lang}">')
    assert len(re.findall(r"<h1\b", html)) == 1
    assert "http://" not in html.replace("http://www.w3.org/2000/svg", "")
    assert "https://" not in html


@pytest.mark.parametrize("path", PAGES)
async def test_pages_of_a_busy_store_are_small(tmp_path: Path, path: str) -> None:
    shop = busy_shop()
    app = create_app(busy_desk(shop), shop, access=TokenFile(tmp_path / "t"))
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app), base_url="http://127.0.0.1"
    ) as here:
        html = await read(here, path.replace(SCARF, shop.ordered[0]), "fr")
        size = len(html.encode())
        for asset in re.findall(r'(?:src|href)="(/static/[^"]+)"', html):
            served = await here.get(asset)
            assert "immutable" in served.headers["cache-control"]
            size += len(served.content)
    assert size < 100_000


@pytest.mark.parametrize(
    ("lang", "ticket", "visitor"),
    [("fr", "43,21\u00a0€", "11,62\u00a0€ par visiteur"), ("en", "€43.21", "€11.62 a visitor")],
)
@pytest.mark.parametrize("said", [True, False])
async def test_what_a_ticket_is_worth_is_said_where_tills_say_it(
    bench: Bench, here: httpx.AsyncClient, lang: str, ticket: str, visitor: str, *, said: bool
) -> None:
    hours = busy_desk(busy_shop()).buckets
    bench.desk.buckets = hours if said else [replace(one, amount=0, priced=0) for one in hours]
    html = await read(here, "/doors", lang)
    assert (ticket in html, visitor in html) == (said, said)


async def test_what_was_estimated_for_a_counter_that_was_down_is_marked(
    bench: Bench, here: httpx.AsyncClient
) -> None:
    hours = busy_desk(busy_shop()).buckets
    bench.desk.buckets = [replace(one, estimated=False) for one in hours]
    assert "estimated" not in await read(here, "/doors", "en")
    bench.desk.buckets[3] = replace(bench.desk.buckets[3], estimated=True)
    bench.desk.board.apply([StoreMinute(NOW + 60, 1, 1, 1, 5, 0)])
    html = await read(here, "/doors", "en")
    assert html.count("estimated") == 3, "in the sum, in the plot and in the hour's row"


async def test_what_was_left_over_at_the_last_reset_is_shown(
    bench: Bench, here: httpx.AsyncClient
) -> None:
    assert "last reset" not in await read(here, "/doors", "en")
    bench.desk.left_over = 12
    assert "error at the last reset: +12" in await read(here, "/doors", "en")
    bench.desk.left_over = -3
    assert "remise à zéro : −3" in await read(here, "/doors", "fr")


async def test_unknown_is_unknown_and_never_zero(here: httpx.AsyncClient) -> None:
    html = await read(here, "/")
    assert cells(html, SCARF)["on_hand"] == "unknown"
    assert cells(html, SCARF)["p_available"] == "unknown"
    figures = html.split('<dl class="figures"')[1].split("</dl>")[0]
    assert figures.count('class="unknown"') == 3, "entries, occupancy, conversion"
    shelves = html.split('<ul class="shelves"')[1].split("</ul>")[0]
    assert shelves.count('class="unknown"') == 3, "every zone"


async def test_an_answer_that_went_stale_is_unknown(bench: Bench, here: httpx.AsyncClient) -> None:
    bench.desk.board.apply([stock(SCARF, 5), stock(COAT, 5, state=StockState.UNKNOWN)])
    html = await read(here, "/")
    assert cells(html, SCARF)["on_hand"] == "5"
    assert cells(html, COAT)["on_hand"] == "unknown"
    assert "unknown" in await read(here, f"/stock/{COAT}")


async def test_what_is_missing_comes_first(bench: Bench, here: httpx.AsyncClient) -> None:
    bench.desk.board.apply([stock(SCARF, 5), stock(COAT, 0)])
    html = await read(here, "/")
    order = re.findall(r'data-gtin="(\d+)"', html)
    assert order[:2] == [COAT, SCARF]
    assert "1 article missing" in html


async def test_filters_work_without_a_script(bench: Bench, here: httpx.AsyncClient) -> None:
    bench.desk.board.apply([stock(SCARF, 5), stock(COAT, 0)])
    for query in ("q=echarpe", "state=in_stock", "zone=shelf-a"):
        html = await read(here, f"/?{query}")
        assert re.findall(r'data-gtin="(\d+)"', html) == [SCARF]
    html = await read(here, "/?q=%3Cscript%3E&zone=gone&state=odd")
    assert "No article matches." in html
    assert "<script>" not in html
    assert (await here.get("/?page=-1")).status_code == 422
    assert SCARF in await read(here, "/?page=99"), "past the end is the last page"


async def test_language_by_header_or_by_wish(here: httpx.AsyncClient) -> None:
    assert "Échar" in await read(here, "/", "fr-CH, en;q=0.5")
    assert "Wool scarf" in await read(here, "/", "de, en;q=0.5")
    html = await read(here, "/?lang=fr", "en")
    assert "Échar" in html
    assert 'href="/devices?lang=fr"' in html, "the wish goes along"


@pytest.mark.parametrize(
    ("asked", "accepted", "lang"),
    [
        (None, "", "en"),
        (None, "*", "en"),
        (None, "fr;q=x, en;q=0.1", "en"),
        (None, "en;q=0.3, fr;q=0.8", "fr"),
        (None, "fr;q=0", "en"),
        ("en", "fr", "en"),
        ("de", "fr", "fr"),
    ],
)
def test_the_best_language(asked: str | None, accepted: str, lang: str) -> None:
    assert language(asked, accepted) == lang


async def test_history_and_places_of_an_article(tmp_path: Path) -> None:
    shop = busy_shop()
    app = create_app(busy_desk(shop), shop, access=TokenFile(tmp_path / "t"))
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app), base_url="http://127.0.0.1"
    ) as here:
        html = await read(here, f"/stock/{shop.ordered[0]}", "fr")
        assert all(word in html for word in ("vendu", "déplacé", "R-20251121-0042", "20/11 16:00"))
        assert (await here.get(f"/stock/{STRANGER}")).status_code == 404
        assert (await here.get("/stock/12")).status_code == 422
        devices = await read(here, "/devices", "fr")
        words = ("muet", "somme de contrôle fausse", "R420", "il y a 40 min")
        assert all(word in devices for word in words)
        doors = await read(here, "/doors", "en")
        assert doors.count('<rect class="sold"') == 7
        glance = await read(here, "/", "en")
        assert all(word in glance for word in ("Device silent", "25.8%", "3 messages waiting"))


async def test_an_extension_adds_routes_and_a_script(tmp_path: Path) -> None:
    from fastapi import APIRouter

    script, router = tmp_path / "truth.js", APIRouter()
    script.write_text('"use strict";')

    @router.get("/truth")
    async def truth() -> dict[str, int]:
        return {SCARF: 3}

    app = create_app(
        MemoryDesk(),
        shop(),
        access=TokenFile(tmp_path / "t"),
        extensions=[Extension(router=router, script=script)],
    )
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app), base_url="http://127.0.0.1"
    ) as here:
        assert (await here.get("/truth")).json() == {SCARF: 3}
        address = re.search(r'"(/static/truth\.js\?v=\w+)"', await read(here, "/"))
        assert address is not None
        assert (await here.get(address[1])).text == '"use strict";'


def test_every_phrase_that_a_template_says_is_there() -> None:
    said = {
        phrase
        for template in TEMPLATES.iterdir()
        for phrase in re.findall(r"\b(?:say|plural)\('(\w+)'", template.read_text(encoding="utf-8"))
    }
    assert said <= WORDS["fr"].keys()
    for key in WORDS["fr"]:
        fields = [set(re.findall(r"{(\w+)}", WORDS[lang][key])) for lang in LANGUAGES]
        assert fields[0] == fields[1], key


def test_numbers_as_people_read_them() -> None:
    clock = shop().clock
    fr, en = (Speech(lang, clock, NOW) for lang in ("fr", "en"))
    assert (fr.number(1234.5, 1), en.number(1234.5, 1)) == ("1\u202f234,5", "1,234.5")
    assert (fr.percent(0.296, 1), en.percent(0.296, 1)) == ("29,6\u00a0%", "29.6%")
    assert (en.sure(1.0), en.sure(0.0), en.sure(0.5)) == (">\u00a099%", "<\u00a01%", "50%")
    assert (fr.time(NOW), fr.time(NOW - 86_400), en.time(NOW - 86_400)) == (
        "17:00",
        "20/11 17:00",
        "20 Nov 17:00",
    )
    ages = (None, 3, 600, 7_200, 400_000)
    assert [en.ago(None if age is None else NOW - age) for age in ages] == [
        "never",
        "just now",
        "10 min ago",
        "2 h ago",
        "5 d ago",
    ]


# --- contrast -----------------------------------------------------------------------------------

STYLE = (Path(__file__).parents[3] / "gateway/web/static/style.css").read_text(encoding="utf-8")
TEXT_PAIRS = (
    ("ink", "ground"),
    ("ink", "card"),
    ("ink", "flash"),
    ("ink", "trough"),
    ("muted", "ground"),
    ("muted", "card"),
    ("muted", "trough"),
    ("accent", "ground"),
    ("accent", "card"),
    ("ok-ink", "ok"),
    ("ok-ink", "ground"),
    ("low-ink", "low"),
    ("low-ink", "card"),
    ("out-ink", "out"),
    ("out-ink", "card"),
    ("unknown-ink", "unknown"),
)
SHAPE_PAIRS = (("bar", "card"), ("bar", "trough"), ("muted", "card"), ("sold", "bar"))


def palettes() -> Iterator[dict[str, str]]:
    for block in re.findall(r":root \{(.*?)\}", STYLE, re.DOTALL):
        yield dict(re.findall(r"--([\w-]+): (#\w{6});", block))


def luminance(colour: str) -> float:
    parts = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_text_stands_out_in_light_and_dark() -> None:
    found = list(palettes())
    assert len(found) == 2
    for palette in found:
        for text, ground in TEXT_PAIRS:
            assert contrast(palette[text], palette[ground]) >= 4.5, (text, ground)


def test_shapes_that_mean_something_stand_out() -> None:
    """WCAG 2.2, 1.4.11: 3 to 1; sales stand before visitors, with their number beside."""
    for palette in palettes():
        for shape, ground in SHAPE_PAIRS[:3]:
            assert contrast(palette[shape], palette[ground]) >= 3, (shape, ground)
