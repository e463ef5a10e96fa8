"""What is recorded, in a real browser: searched with the keyboard, and read without a script."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from shared import rollup
from tests.acceptance.browser import browsing, watch
from tests.consoles import Visitor, running_console
from tests.recorded import record

# One loop, in which one way to the browser serves all tests.
pytestmark = pytest.mark.asyncio(loop_scope="module")

expect.set_options(timeout=30_000)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def console(shared_urls: tuple[str, str]) -> AsyncIterator[Visitor]:
    """With 120 events of a repository, an hour apart, and one of another."""
    now = datetime.now(UTC)
    async with asyncpg.create_pool(shared_urls[1], min_size=1, max_size=2) as pool:
        async with pool.acquire() as connection:
            database: Any = connection
            for number in range(120):
                then = now - timedelta(hours=number)
                await record(database, tag=f"v{number}", actor="alice", occurred_at=then)
            await record(database, repository="other/app", tag="v1", occurred_at=now)
        await rollup.refresh(pool)
    async with running_console(*shared_urls) as visitor:
        yield visitor


@pytest_asyncio.fixture(loop_scope="module", params=[True, False], ids=["script", "plain"])
async def page(browser: Browser, request: pytest.FixtureRequest) -> AsyncIterator[Page]:
    async with browsing(browser, java_script_enabled=request.param) as context:
        yield await context.new_page()


async def test_events_are_searched_with_the_keyboard(console: Visitor, page: Page) -> None:
    faults = watch(page)
    await page.goto(f"{console.url}/events")
    await page.get_by_label("Repository").focus()
    await page.keyboard.type("team/*")
    await page.keyboard.press("Enter")
    rows = page.locator("tbody tr")
    await expect(rows).to_have_count(100)
    await expect(page.get_by_label("Repository")).to_have_value("team/*")
    await page.get_by_role("link", name="Older").focus()
    await page.keyboard.press("Enter")
    await expect(rows).to_have_count(20)
    await expect(rows.last).to_contain_text("v119")
    await rows.last.get_by_role("link").first.focus()
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", level=1)).to_have_text("push_tag team/app:v119")
    await page.get_by_role("link", name="team/app", exact=True).focus()
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("img", name="Its events, the last 90 days")).to_be_visible()
    assert faults == []


async def test_charts_say_their_figures(console: Visitor, page: Page) -> None:
    await page.goto(console.url)
    await page.get_by_role("link", name="Statistics").click()
    await page.get_by_role("link", name="90 days").click()
    chart = page.get_by_role("img", name="121 pushes, 0 creations, 0 deletes")
    await expect(chart).to_be_visible()
    summary = page.get_by_text("The same as figures")
    await summary.focus()
    await page.keyboard.press("Enter")
    figures = page.locator("figure tbody tr")
    assert await figures.count() in {5, 6, 7}
    await expect(figures.last).to_contain_text(f"{datetime.now(UTC):%Y-%m}")
    await expect(figures.last).to_be_visible()
