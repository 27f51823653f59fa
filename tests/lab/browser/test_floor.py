"""Seller, shopper's screen and landing page in a real Chromium, at a phone's width and a desk's."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import expect

from gateway.changes import StockState
from gateway.requests import HoldState
from gateway.web.access import Role
from tests.gateway.web.desk import stock
from tests.lab.browser.test_page import ARTICLE, SHOP, WAIT_MS, WIDTHS, Store, open_store

pytestmark = [pytest.mark.needs("chromium"), pytest.mark.timeout(120)]

OTHER = SHOP.ordered[1]

# What cannot exist here: a phone's camera that looks at a barcode. The page's own part is real.
PLAYED_DETECTOR = f"""
  window.BarcodeDetector = class {{ async detect() {{ return [{{ rawValue: "{OTHER}" }}]; }} }};
  navigator.mediaDevices.getUserMedia = async () =>
    Object.assign(document.createElement("canvas")).captureStream();
"""


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    async with open_store(tmp_path) as opened:
        opened.desk.board.apply([stock(ARTICLE, 3)])
        yield opened
        assert opened.wrong == []


@pytest.mark.parametrize("width", WIDTHS)
async def test_two_taps_hold_an_article(store: Store, width: int) -> None:
    page = await store.page(viewport={"width": width, "height": 844}, locale="fr-FR")
    await page.goto(f"{store.url}/seller")
    await page.locator("[name=q]").fill(ARTICLE[1:])
    await page.locator(f"#hold-{ARTICLE}").click()
    await page.get_by_role("button", name="Confirmer").click()
    await expect(page.locator("#said")).to_contain_text("mis de côté jusqu’à 17:30")
    held = next(iter(store.desk.holds.values()))
    assert (held.gtin, held.qty, held.channel, held.state) == (
        ARTICLE,
        1,
        "seller",
        HoldState.OPEN,
    )
    await page.locator("#said button").click()
    await expect(page.locator("#said")).to_contain_text("remis en vente")
    assert store.desk.holds[held.id].state is HoldState.RELEASED


async def test_too_late_is_said_with_what_is_left(store: Store) -> None:
    store.expected.add(409)
    page = await store.page(viewport={"width": 390, "height": 844}, locale="en-GB")
    await page.goto(f"{store.url}/seller?q={ARTICLE}")
    await page.locator(f"#hold-{ARTICLE}").click()
    store.desk.board.stock[ARTICLE] = stock(ARTICLE, 0)
    await page.get_by_role("button", name="Confirm").click()
    await expect(page.locator("#said")).to_contain_text("Too late: 0 left")
    assert not store.desk.holds


async def test_a_claimed_store_takes_the_sellers_token(store: Store) -> None:
    store.expected.add(401)
    token = store.access.create_token(Role.STAFF, "seller")
    page = await store.page(viewport={"width": 390, "height": 844}, locale="en-GB")
    await page.goto(f"{store.url}/seller?q={ARTICLE}")
    hold, confirm = page.locator(f"#hold-{ARTICLE}"), page.get_by_role("button", name="Confirm")
    await hold.click()
    await confirm.click()
    await expect(page.locator("#said")).to_contain_text("needs a token")
    await page.locator("[name=token]").fill(token)
    await page.get_by_role("button", name="Keep on this phone").click()
    await hold.click()
    await confirm.click()
    await expect(page.locator("#said")).to_contain_text("put aside until")
    await page.reload()
    assert await page.evaluate("localStorage.length") == 1, "kept on this phone"
    await page.locator("#token summary").click()
    await page.get_by_role("button", name="Forget").click()
    assert await page.evaluate("localStorage.length") == 0


async def test_a_barcode_before_the_camera_is_searched(store: Store) -> None:
    page = await store.page(viewport={"width": 390, "height": 844}, locale="fr-FR")
    await page.goto(f"{store.url}/seller")
    await expect(page.locator("#scan")).to_be_hidden()
    await page.add_init_script(PLAYED_DETECTOR)
    await page.reload()
    await page.locator("#scan").click()
    await expect(page.locator(".meant")).to_have_attribute("data-gtin", OTHER, timeout=WAIT_MS)
    await expect(page.locator("#camera")).to_be_hidden()


async def test_the_dialog_goes_by_keyboard_and_a_live_change_takes_no_focus(store: Store) -> None:
    page = await store.page(locale="fr-FR")
    await page.goto(f"{store.url}/seller?q={ARTICLE}")
    await expect(page.locator("#pulse")).to_have_text("En direct", timeout=WAIT_MS)
    button = page.locator(f"#hold-{ARTICLE}")
    await button.focus()
    store.desk.board.apply([stock(ARTICLE, 2)])
    free = page.locator(f'li[data-gtin="{ARTICLE}"] [data-field="available"]')
    await expect(free).to_have_text("2 dispo", timeout=WAIT_MS)
    await expect(button).to_be_focused()
    await page.keyboard.press("Enter")
    await page.keyboard.press("Escape")
    await expect(page.locator("dialog#hold")).to_be_hidden()
    await page.keyboard.press("Enter")
    await page.keyboard.press("Enter")
    await expect(page.locator("#said")).to_contain_text("mis de côté")


@pytest.mark.parametrize("width", WIDTHS)
async def test_the_screen_turns_by_itself(store: Store, width: int) -> None:
    page = await store.page(viewport={"width": width, "height": 800}, locale="fr-FR")
    await page.clock.install()
    await page.goto(f"{store.url}/kiosk")
    first = await page.locator("h2").all_inner_texts()
    assert await page.locator("a, button, input, select").count() == 0, "no controls"
    if width > 1000:
        assert await page.evaluate("document.documentElement.scrollHeight") <= 800
    await page.clock.run_for(12_500)
    await expect(page.locator(".foot")).to_contain_text("2 sur 2", timeout=WAIT_MS)
    assert not set(first) & set(await page.locator("h2").all_inner_texts())
    await page.locator("h1").click()
    await page.clock.run_for(12_500)
    await expect(page.locator(".foot")).to_contain_text("2 sur 2")


async def test_the_screen_promises_nothing_when_the_gateway_is_gone(store: Store) -> None:
    page = await store.page(viewport={"width": 1280, "height": 800}, locale="fr-FR")
    await page.clock.install()
    await page.goto(f"{store.url}/kiosk")
    await page.route("**/*", lambda route: route.abort())
    for _ in range(6):
        await page.clock.run_for(12_000)
    await expect(page.locator("#lost")).to_be_visible(timeout=WAIT_MS)
    await expect(page.locator(".models")).to_be_hidden()
    await page.unroute_all()
    await page.clock.run_for(12_500)
    await expect(page.locator(".models")).to_be_visible(timeout=WAIT_MS)
    store.wrong[:] = [line for line in store.wrong if "ERR_FAILED" not in line]


@pytest.mark.parametrize("width", WIDTHS)
async def test_a_qr_code_leads_to_words(store: Store, width: int) -> None:
    page = await store.page(viewport={"width": width, "height": 844}, locale="fr-FR")
    await page.goto(f"{store.url}/01/{ARTICLE}/21/4711")
    assert page.url == f"{store.url}/p/{ARTICLE}"
    await expect(page.locator(".word")).to_contain_text("Disponible")
    await page.locator(".offers a").first.click()
    await expect(page.locator("h1")).to_contain_text("Manteau laine")
    store.desk.board.apply([stock(ARTICLE, 3, state=StockState.UNKNOWN)])
    await page.goto(f"{store.url}/p/{ARTICLE}")
    await expect(page.locator(".word")).to_contain_text("Demandez-nous")
