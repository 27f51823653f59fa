"""The pages in a real Chromium, served by the real server on a real socket."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.async_api import Browser, Page, async_playwright, expect

from gateway.changes import OccupancyChanged
from gateway.web.access import TokenFile
from gateway.web.app import create_app
from gateway.web.context import Extension
from gateway.web.serve import listen, serve
from tests.gateway.web.desk import NOW, MemoryDesk, stock
from tests.gateway.web.store import busy_desk, busy_shop

pytestmark = [pytest.mark.needs("chromium"), pytest.mark.timeout(120)]

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
FIRST_VIEW_BYTES = 100_000
WAIT_MS = 15_000
WIDTHS = (390, 1280)

SHOP = busy_shop()
ARTICLE = SHOP.ordered[0]
PATHS = (
    "/",
    "/stock",
    "/doors",
    "/devices",
    f"/stock/{ARTICLE}",
    "/clicker",
    "/walk",
    "/seller",
    "/seller?q=manteau",
    "/kiosk",
    f"/p/{ARTICLE}",
    "/nothing/here",
)

# Text against the ground that it stands on, as the browser paints it (WCAG 2.2, 1.4.3).
FAINT = """() => {
  const light = (rgb) => {
    const [r, g, b] = rgb.map((c) => c / 255)
      .map((c) => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const parts = (colour) => colour.match(/[\\d.]+/g).map(Number);
  const ground = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const [r, g, b, a = 1] = parts(getComputedStyle(at).backgroundColor);
      if (a > 0) return [r, g, b];
    }
    return [255, 255, 255];
  };
  const faint = [];
  for (const element of document.querySelectorAll("body *:not(svg *, script, option)")) {
    const own = [...element.childNodes].some((n) => n.nodeType === 3 && n.data.trim());
    if (!own || !element.checkVisibility()) continue;
    const text = light(parts(getComputedStyle(element).color).slice(0, 3));
    const behind = light(ground(element));
    const ratio = (Math.max(text, behind) + 0.05) / (Math.min(text, behind) + 0.05);
    if (ratio < 4.5) faint.push(`${element.textContent.trim().slice(0, 40)}: ${ratio.toFixed(2)}`);
  }
  return faint;
}"""


@dataclass
class Store:
    """The served store, and what the browser did that it should not."""

    desk: MemoryDesk
    url: str
    stop: asyncio.Event
    served: asyncio.Task[None]
    browser: Browser
    access: TokenFile
    wrong: list[str] = field(default_factory=list)
    expected: set[int] = field(default_factory=set)

    async def page(self, **options: object) -> Page:
        """A page in a fresh context whose errors and outside requests are noted."""
        context = await self.browser.new_context(**options)  # type: ignore[arg-type]
        page = await context.new_page()
        page.on("console", lambda said: self._said(said.text))
        page.on("pageerror", lambda error: self.wrong.append(f"error: {error}"))
        page.on("request", lambda request: self._leaves(request.url))
        return page

    def _said(self, text: str) -> None:
        # Chromium says every answer that is no success; an expected one is the test's own affair.
        if not any(f"status of {status}" in text for status in self.expected):
            self.wrong.append(f"console: {text}")

    def _leaves(self, url: str) -> None:
        if urlsplit(url).netloc != urlsplit(self.url).netloc:
            self.wrong.append(f"request to {url}")


@asynccontextmanager
async def open_store(tmp_path: Path, *extensions: Extension) -> AsyncIterator[Store]:
    desk, stop = busy_desk(SHOP), asyncio.Event()
    access = TokenFile(tmp_path / "tokens")
    app = create_app(desk, SHOP, access=access, extensions=extensions)
    port: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    served = asyncio.create_task(serve(app, listen("127.0.0.1", 0), stop, started=port.set_result))
    chromium = shutil.which("chromium")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium, args=list(FLAGS))
        url = f"http://127.0.0.1:{await port}"
        try:
            yield Store(desk, url, stop, served, browser, access)
        finally:
            await browser.close()
            stop.set()
            await served


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    async with open_store(tmp_path) as opened:
        yield opened
        assert opened.wrong == []


@pytest.mark.parametrize("width", WIDTHS)
async def test_every_page_fits_and_is_readable(store: Store, width: int) -> None:
    store.expected.add(404)
    for scheme, locale in (("light", "fr-FR"), ("dark", "en-GB")):
        page = await store.page(
            viewport={"width": width, "height": 844}, color_scheme=scheme, locale=locale
        )
        for path in PATHS:
            await page.goto(store.url + path)
            wide = await page.evaluate("document.documentElement.scrollWidth")
            assert wide <= width, f"{path} scrolls sideways in {locale}"
            assert await page.evaluate(FAINT) == [], f"{path} in {scheme}"
            assert await page.evaluate("document.documentElement.lang") == locale[:2]
        await page.context.close()


async def test_the_first_view_is_small_and_live(store: Store) -> None:
    page = await store.page(locale="fr-FR")
    received = 0

    async def measure(url: str) -> None:
        nonlocal received
        if "/api/v1/events" in url:
            return
        sizes = await (await page.context.request.get(url)).body()
        received += len(sizes)

    addresses: list[str] = []
    page.on("requestfinished", lambda request: addresses.append(request.url))
    await page.goto(store.url)
    await expect(page.locator("#pulse")).to_have_text("En direct", timeout=WAIT_MS)
    for url in addresses:
        await measure(url)
    assert addresses
    assert received < FIRST_VIEW_BYTES


async def test_a_change_arrives_in_the_cell_where_it_belongs(store: Store) -> None:
    page = await store.page(locale="en-GB")
    await page.goto(store.url)
    await expect(page.locator("#pulse")).to_have_text("Live", timeout=WAIT_MS)
    row = page.locator(f'[data-gtin="{ARTICLE}"]')
    # A cell that somebody else added to the row outlives every change.
    await row.evaluate("row => row.insertCell().dataset.field = 'truth'")
    store.desk.board.apply([stock(ARTICLE, 42), OccupancyChanged(NOW, 57)])
    await expect(row.locator('[data-field="available"]')).to_have_text("42", timeout=WAIT_MS)
    await expect(row.locator('[data-field="truth"]')).to_have_count(1)
    await expect(page.locator(".figures")).to_contain_text("57")


async def test_a_dead_stream_is_said_and_comes_back(store: Store) -> None:
    page = await store.page(locale="fr-FR")
    await page.goto(store.url)
    pulse = page.locator("#pulse")
    await expect(pulse).to_have_text("En direct", timeout=WAIT_MS)
    store.desk.board.close()
    await expect(pulse).to_contain_text("Pas en direct depuis", timeout=WAIT_MS)
    store.desk.board.apply([stock(ARTICLE, 13)])
    await expect(pulse).to_have_text("En direct", timeout=WAIT_MS)
    cell = page.locator(f'[data-gtin="{ARTICLE}"] [data-field="available"]')
    await expect(cell).to_have_text("13", timeout=WAIT_MS)


async def test_search_as_you_type_and_by_keyboard(store: Store) -> None:
    page = await store.page(locale="en-GB")
    await page.goto(store.url)
    await page.keyboard.press("Tab")
    await expect(page.locator(".skip")).to_be_focused()
    await page.locator("input[name=q]").focus()
    await page.keyboard.type("echarpe")
    await expect(page.locator("[data-gtin]")).to_have_count(2, timeout=WAIT_MS)
    assert page.url.endswith("?q=echarpe"), "the view has an address"
    await expect(page.locator("input[name=q]")).to_be_focused()


async def test_whole_without_a_script(store: Store) -> None:
    page = await store.page(java_script_enabled=False, locale="fr-FR")
    await page.goto(store.url)
    await page.locator("input[name=q]").fill("ceinture")
    await page.locator("#filter button").click()
    await expect(page.locator("[data-gtin]")).to_have_count(2)
    await page.locator("[data-gtin] a").first.click()
    await expect(page.locator("h1")).to_contain_text("Ceinture tressée")


async def test_an_extensions_script_hears_of_changes(tmp_path: Path) -> None:
    script = tmp_path / "truth.js"
    script.write_text(
        "document.addEventListener('shelfcast:live', () => { document.title = 'changed'; });"
    )
    async with open_store(tmp_path, Extension(script=script)) as store:
        page = await store.page(locale="en-GB")
        await page.goto(store.url)
        await expect(page.locator("#pulse")).to_have_text("Live", timeout=WAIT_MS)
        store.desk.board.apply([stock(ARTICLE, 9)])
        await expect(page).to_have_title("changed", timeout=WAIT_MS)
        assert store.wrong == []
