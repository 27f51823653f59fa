"""Three hundred presses and more in a real Chromium, as wide as a phone."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from drivers.observations import Count
from gateway.changes import Remember
from gateway.footfall.engine import FootfallEngine
from gateway.footfall.rules import DoorRule, FootfallRules
from gateway.web.access import Role
from tests.lab.browser.test_page import FAINT, WAIT_MS, Store, open_store

pytestmark = [pytest.mark.needs("chromium"), pytest.mark.timeout(180)]

PHONE = {"width": 390, "height": 844}
RULES = FootfallRules(doors={"door-main": DoorRule("door-main")})


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    async with open_store(tmp_path) as opened:
        yield opened
        assert opened.wrong == []


class AtTheDoor:
    """The door's counter, which misses one in ten, and a gateway that can be started again."""

    def __init__(self, store: Store) -> None:
        self.desk = store.desk
        self.totals = [0, 0]
        self.disk: dict[str, str] = {}
        self.report()

    def report(self) -> None:
        now = self.desk.clock
        self.desk.engine.observe(Count("door-main", now, now, 1, *self.totals))
        for change in self.desk.engine.advance(now):
            if isinstance(change, Remember) and change.value is not None:
                self.disk[change.key] = change.value

    def minute(self, came: int, went: int) -> None:
        self.totals[0] += came
        self.totals[1] += went
        self.desk.clock += 31
        self.report()
        self.desk.clock += 30

    def restart(self) -> None:
        self.report()
        self.desk.engine = FootfallEngine(RULES)
        self.desk.engine.restore(self.disk)


async def press(page: Page, came: int, went: int) -> None:
    for way, count in (("in", came), ("out", went)):
        button = page.locator(f'[data-way="{way}"]')
        for _ in range(count):
            await button.click()


async def arrived(store: Store, page: Page, presses: int) -> None:
    """Wait until the gateway has every press: the page shows them before."""

    def there() -> int:
        count = store.desk.manual_counts()[0]
        return count.entries + count.exits

    for _ in range(100):
        if there() == presses:
            return
        await page.wait_for_timeout(100)
    raise AssertionError(f"{there()} of {presses} presses arrived")


async def test_three_hundred_presses_make_a_factor(store: Store, tmp_path: Path) -> None:
    door = AtTheDoor(store)
    page = await store.page(viewport=PHONE, locale="fr-FR", has_touch=True)
    await page.goto(f"{store.url}/clicker")
    await expect(page.locator('[data-way="in"]')).to_be_disabled()
    await page.get_by_role("button", name="Commencer").click()
    await expect(page.locator('[data-way="in"]')).to_be_enabled(timeout=WAIT_MS)
    door.report()
    for minute in range(8):
        store.desk.clock += 1
        await press(page, 20, 20)
        await arrived(store, page, 40 * (minute + 1))
        door.minute(18, 18)
        if minute == 2:
            await page.reload()
            await expect(page.locator('[data-way="in"] b')).to_have_text("60")
        if minute == 5:
            door.restart()
    await page.get_by_role("button", name="Faire une pause").click(timeout=WAIT_MS)
    await expect(page.locator('[data-way="in"]')).to_be_disabled(timeout=WAIT_MS)
    await expect(page.locator(".factors")).to_contain_text("1,111", timeout=WAIT_MS)
    assert await page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    assert await page.evaluate(FAINT) == []
    await page.screenshot(path=str(tmp_path / "clicker.png"), full_page=True)
    await page.get_by_role("button", name="Appliquer").click()
    await expect(page.locator("#said")).to_have_text("Facteurs appliqués.")
    await expect(page.locator("[data-part=count]")).to_contain_text("en vigueur", timeout=WAIT_MS)
    assert store.desk.manual_counts()[0].in_force[-1].factor == pytest.approx(1.111, abs=0.01)


async def test_presses_wait_on_the_phone_while_the_gateway_is_away(store: Store) -> None:
    door = AtTheDoor(store)
    page = await store.page(viewport=PHONE, locale="en-GB")
    await page.goto(f"{store.url}/clicker")
    await page.get_by_role("button", name="Start", exact=True).click()
    await expect(page.locator('[data-way="in"]')).to_be_enabled(timeout=WAIT_MS)
    door.report()
    await page.route("**/manual", lambda route: route.abort())
    await press(page, 3, 1)
    await expect(page.locator("#waiting")).to_contain_text("4 crossings wait", timeout=WAIT_MS)
    await page.reload()
    await expect(page.locator('[data-way="in"] b')).to_have_text("3")
    await page.unroute_all()
    await arrived(store, page, 4)
    await expect(page.locator("#waiting")).to_be_hidden()
    await page.locator('[data-way="out"]').click()
    await page.get_by_role("button", name="Undo").click()
    await expect(page.locator('[data-way="out"] b')).to_have_text("1")
    await arrived(store, page, 4)
    store.wrong[:] = [line for line in store.wrong if "ERR_FAILED" not in line]


async def test_a_claimed_store_takes_the_token_of_who_counts(store: Store) -> None:
    store.expected.add(401)
    token = store.access.create_token(Role.STAFF, "at the door")
    page = await store.page(viewport=PHONE, locale="en-GB")
    await page.goto(f"{store.url}/clicker")
    await page.get_by_role("button", name="Start", exact=True).click()
    await expect(page.locator("#said")).to_contain_text("needs a token")
    await page.locator("[name=token]").fill(token)
    await page.get_by_role("button", name="Keep on this phone").click()
    await page.get_by_role("button", name="Start", exact=True).click()
    await expect(page.locator('[data-way="in"]')).to_be_enabled(timeout=WAIT_MS)
    await page.locator('[data-way="in"]').focus()
    await page.keyboard.press("Enter")
    await expect(page.locator('[data-way="in"] b')).to_have_text("1")
