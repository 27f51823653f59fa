"""A walk round the antennas in a real Chromium, as wide as a phone."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import expect

from gateway.web.access import Role
from tests.gateway.web.test_walk import TAGS, live
from tests.lab.browser.test_page import FAINT, WAIT_MS, Store, open_store

pytestmark = [pytest.mark.needs("chromium"), pytest.mark.timeout(180)]

PHONE = {"width": 390, "height": 844}


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    async with open_store(tmp_path) as opened:
        yield opened
        assert opened.wrong == []


async def test_from_the_first_tap_to_a_deaf_antenna(store: Store, tmp_path: Path) -> None:
    page = await store.page(viewport=PHONE, locale="fr-FR", has_touch=True)
    await page.goto(f"{store.url}/walk")
    await page.locator("[name=count]").fill("5")
    await page.get_by_role("button", name="Commencer").click()
    await expect(page.locator("#timer")).to_contain_text("hors de portée", timeout=WAIT_MS)
    await expect(page.get_by_role("button", name="Rayon A")).to_be_disabled()
    live(store.desk, 21)
    await expect(page.get_by_role("button", name="Rayon A")).to_be_enabled(timeout=WAIT_MS)
    for zone, hears in (("Rayon A", {1: TAGS}), ("Rayon B", {1: TAGS[:2]})):
        await page.get_by_role("button", name=zone).click()
        await expect(page.locator("#timer")).to_contain_text(f"dans {zone}", timeout=WAIT_MS)
        live(store.desk, 20, hears)
        most = max(len(tags) for tags in hears.values())
        await expect(page.locator("#timer")).to_contain_text(
            f"{most} étiquettes entendues sur 5", timeout=WAIT_MS
        )
        assert await page.evaluate(FAINT) == []
        await page.screenshot(path=str(tmp_path / "laid.png"), full_page=True)
        live(store.desk, 30)
        await expect(page.get_by_role("button", name=zone)).to_be_enabled(timeout=WAIT_MS)
    deaf = page.locator('[data-antenna="reader-1/2"]')
    await expect(deaf).to_contain_text("sourde", timeout=WAIT_MS)
    await expect(page.locator('[data-antenna="reader-1/1"]')).to_contain_text("bonne")
    assert await page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    assert await page.evaluate(FAINT) == []
    await page.screenshot(path=str(tmp_path / "walk.png"), full_page=True)
    await page.get_by_role("button", name="Appliquer").click()
    await expect(page.locator("#said")).to_contain_text("Mesures appliquées")
    assert all(stop.applied for stop in store.desk.walk_state().stops)


async def test_a_claimed_store_takes_the_installer_s_token(store: Store) -> None:
    store.expected |= {401, 422}
    token = store.access.create_token(Role.STAFF, "installer")
    page = await store.page(viewport=PHONE, locale="en-GB")
    await page.goto(f"{store.url}/walk")
    await page.get_by_role("button", name="Start", exact=True).click()
    await expect(page.locator("#said")).to_contain_text("needs a token")
    await page.locator("[name=token]").fill(token)
    await page.get_by_role("button", name="Keep on this phone").click()
    await page.locator("[name=tags]").fill("nonsense\nE2801100")
    await page.get_by_role("button", name="Start", exact=True).click()
    await expect(page.locator("#said")).to_contain_text("An EPC cannot be read")
    await page.locator("[name=tags]").fill("\n".join(TAGS))
    await page.get_by_role("button", name="Start", exact=True).click()
    await expect(page.get_by_role("button", name="Rayon A")).to_be_enabled(timeout=WAIT_MS)
    await page.get_by_role("button", name="Rayon A").focus()
    await page.keyboard.press("Enter")
    await expect(page.locator("#timer")).to_contain_text("They lie in Rayon A", timeout=WAIT_MS)
