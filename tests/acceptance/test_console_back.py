"""Back, in a real browser: to what was typed, and to nothing once one has signed out."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from tests.acceptance.browser import browsing
from tests.acceptance.test_console_browser import bury
from tests.consoles import Visitor, running_console
from tests.running import Pipeline, emptied, running_pipeline

# One loop, in which one pipeline, console and way to the browser serve all tests.
pytestmark = pytest.mark.asyncio(loop_scope="module")

expect.set_options(timeout=30_000)

TOKEN = "open-sesame-open-sesame"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def pipeline(shared_urls: tuple[str, str]) -> AsyncIterator[Pipeline]:
    async with running_pipeline(*shared_urls) as running:
        yield running


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def console(shared_urls: tuple[str, str]) -> AsyncIterator[Visitor]:
    async with running_console(*shared_urls, writable=True, console_tokens=TOKEN) as visitor:
        yield visitor


@pytest_asyncio.fixture(loop_scope="module")
async def page(browser: Browser, console: Visitor, pipeline: Pipeline) -> AsyncIterator[Page]:
    """Signed in, with two dead letters to look at."""
    await emptied(pipeline)
    await bury(pipeline, "SECRET//NAME", "SECRET//NAME")
    await pipeline.dead_letters(2)
    async with browsing(browser) as context:
        page = await context.new_page()
        await page.goto(f"{console.url}/login")
        await sign_in(page, TOKEN)
        await expect(page.locator("#strip")).to_contain_text("It is")
        yield page


async def sign_in(page: Page, token: str) -> None:
    await page.get_by_label("Token").fill(token)
    await page.get_by_role("button", name="Sign in").click()


async def test_back_to_a_form_that_was_refused(console: Visitor, page: Page) -> None:
    await page.goto(f"{console.url}/dead-letters/plan?operation=discard&all=1")
    await page.get_by_label("Why").fill("of a test")
    await page.get_by_label("to confirm").fill("3")
    await page.get_by_role("button", name="Discard 2").click()
    alert = page.get_by_role("alert")
    await expect(alert).to_have_text("Type 2 to confirm; nothing was discarded.")
    await page.get_by_role("link", name="History").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("What was done to dead letters")
    await page.go_back()
    await expect(alert).to_have_text("Type 2 to confirm; nothing was discarded.")
    await expect(page.get_by_label("Why")).to_have_value("of a test")
    await page.get_by_label("to confirm").fill("2")
    await page.get_by_role("button", name="Discard 2").click()
    await expect(page.locator("#progress")).to_contain_text("2 of 2 discarded")
    await page.go_back()
    await expect(page.get_by_label("Why")).to_have_value("of a test")
    await page.get_by_label("to confirm").fill("2")
    await page.get_by_role("button", name="Discard 2").click()
    await expect(page.locator(".message")).to_contain_text("This plan was carried out already")
    await page.go_back()
    await page.go_back()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Discard 0 dead letters?")


async def test_back_to_a_plan_after_its_result(console: Visitor, page: Page) -> None:
    await page.goto(f"{console.url}/dead-letters/plan?operation=discard&all=1")
    await page.get_by_label("to confirm").fill("2")
    await page.get_by_role("button", name="Discard 2").click()
    await expect(page.locator("#progress")).to_contain_text("2 of 2 discarded")
    await page.go_back()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Discard 0 dead letters?")


async def test_a_refused_filter_is_still_there(console: Visitor, page: Page) -> None:
    await page.goto(f"{console.url}/dead-letters/list")
    await page.get_by_label("Repository").fill("SECRET*")
    await page.get_by_label("Since").fill("yesterday")
    await page.get_by_role("button", name="Show", exact=True).click()
    await expect(page.get_by_role("alert")).to_contain_text("'yesterday' is neither an age")
    await expect(page.get_by_label("Repository")).to_have_value("SECRET*")
    await page.get_by_label("Since").fill("1h")
    await page.get_by_role("button", name="Show", exact=True).click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("2 dead letters that match")
    await page.go_back()
    await expect(page.get_by_label("Repository")).to_have_value("SECRET*")
    await expect(page.get_by_role("alert")).to_contain_text("'yesterday' is neither an age")


async def test_back_to_the_door(console: Visitor, page: Page) -> None:
    await page.context.clear_cookies()
    await page.goto(f"{console.url}/history")
    await sign_in(page, "wrong")
    await expect(page.get_by_role("alert")).to_have_text("That is none of the tokens.")
    await sign_in(page, TOKEN)
    await expect(page.locator("#strip")).to_contain_text("It is")
    await page.go_back()
    await expect(page.get_by_role("button", name="Sign in")).to_be_visible()


async def test_back_shows_nothing_to_who_comes_after(console: Visitor, page: Page) -> None:
    await page.goto(f"{console.url}/dead-letters/list")
    await expect(page.get_by_role("table")).to_contain_text("SECRET//NAME")
    await page.goto(f"{console.url}/dead-letters/plan?operation=discard&all=1")
    await page.get_by_label("to confirm").fill("3")
    await page.get_by_role("button", name="Discard 2").click()
    await expect(page.get_by_role("alert")).to_be_visible()
    await page.get_by_role("button", name="Sign out").click()
    for _ in range(3):
        await expect(page.get_by_role("button", name="Sign in")).to_be_visible()
        assert "dead letter" not in (await page.locator("body").inner_text()).lower()
        assert "SECRET" not in await page.content()
        await page.go_back()
