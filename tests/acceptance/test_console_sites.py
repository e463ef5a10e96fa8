"""The page of the sites in a real browser, with and without a script."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect

from shared.database import Pool
from tests.acceptance.browser import browsing, watch
from tests.consoles import Visitor, running_console
from tests.sites import all_pending, fail, opened, record

# One loop, in which one way to the browser serves all tests.
pytestmark = pytest.mark.asyncio(loop_scope="module")

expect.set_options(timeout=30_000)


@pytest_asyncio.fixture(loop_scope="module")
async def pool(database_url: str) -> AsyncIterator[Pool]:
    async with opened(database_url) as made:
        await record(made, "team/app", "team/web")
        await all_pending(made, "lima")
        await fail(made, "lima", "answered 500", "answered 503")
        yield made


@pytest_asyncio.fixture(loop_scope="module")
async def console(amqp_url: str, database_url: str, pool: Pool) -> AsyncIterator[Visitor]:
    assert pool
    async with running_console(amqp_url, database_url, writable=True) as visitor:
        yield visitor


@pytest.mark.parametrize("script", [True, False], ids=["script", "plain"])
async def test_what_fails_is_tried_again_with_the_keyboard(
    browser: Browser, console: Visitor, *, script: bool
) -> None:
    async with browsing(browser, java_script_enabled=script) as context:
        page = await context.new_page()
        faults = watch(page)
        await page.goto(console.url)
        await page.get_by_role("link", name="Sites").press("Enter")
        await expect(page.get_by_role("table").last).to_contain_text("answered 503")
        await page.get_by_role("button", name="Try what fails now").press("Enter")
        await expect(page.get_by_text("due now")).to_have_count(2)
        await page.get_by_role("link", name="team/app").press("Enter")
        await expect(page.get_by_role("heading", level=1)).to_have_text("team/app")
        assert faults == []


async def test_what_changes_arrives_and_the_button_keeps_the_focus(
    browser: Browser, console: Visitor, pool: Pool
) -> None:
    async with browsing(browser) as context:
        page = await context.new_page()
        await page.goto(f"{console.url}/sites")
        button = page.get_by_role("button", name="Try what fails now")
        await button.focus()
        await pool.execute("UPDATE geo_pending SET cause = NULL WHERE path = 'team/web'")
        await expect(page.locator("tbody").last.locator("tr")).to_have_count(1)
        await expect(button).to_be_focused()
