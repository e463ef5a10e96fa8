"""Acting from the console's page in a real browser, on real servers."""

import re

import asyncpg
import pytest
from playwright.async_api import Browser, Page, expect

from console.local.network.loopback import answers
from console.local.network.ports import LOOPBACK, free_port
from shared.amqp.topology import DEAD_QUEUE
from tests.acceptance.browser import browsing
from tests.acceptance.burying import bury
from tests.databases import refuse_poison
from tests.factories import make_event
from tests.processes import Processes, waiting

# One loop, in which one way to the browser serves all tests.
pytestmark = pytest.mark.asyncio(loop_scope="module")

expect.set_options(timeout=30_000)


def start(processes: Processes) -> str:
    """The URL of a console that may write."""
    port = free_port()
    listen = f"{LOOPBACK}:{port}"
    console = processes.start_command("console", "--allow-writes", console_listen=listen)
    console.wait_until(lambda: answers(port, "/"), seconds=60)
    return f"http://{listen}"


async def poison(database_url: str) -> None:
    connection = await asyncpg.connect(database_url)
    await refuse_poison(connection)
    await connection.close()


async def open_story(page: Page, url: str) -> None:
    await page.goto(f"{url}/dead-letters/list")
    await page.locator("td.when a").click()


@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
async def test_edit_and_retry(browser: Browser, processes: Processes, *, script: bool) -> None:
    processes.worker()
    hostile = "a\x00b\ud800\x1b</textarea>\u202e\r\n"
    await bury(processes.amqp_url, [make_event("push", "Team/App", note=hostile)])
    url = start(processes)
    async with browsing(browser, java_script_enabled=script) as context:
        page = await context.new_page()
        await open_story(page, url)
        await page.get_by_role("button", name="Edit and retry").click()
        payload = page.get_by_label("The event, or the notification")
        whole = await payload.input_value()
        assert '"note": "a\\u0000b\\ud800\\u001b</textarea>\\u202e\\r\\n"' in whole
        await payload.fill(whole.replace('"action": "push"', '"action": push'))
        await page.get_by_role("button", name="Show the difference").click()
        await expect(page.get_by_role("alert")).to_contain_text("This is no event: is not JSON")
        await payload.fill(whole.replace("Team/App", "team/app"))
        await page.get_by_role("button", name="Show the difference").click()
        await expect(page.locator("ins").last).to_contain_text('"repository": "team/app"')
        assert await page.locator("ins").count() == 2, "the head of the difference, and one line"
        await page.get_by_role("button", name="Edit again").click()
        assert await payload.input_value() == whole.replace("Team/App", "team/app")
        await page.get_by_role("button", name="Show the difference").click()
        await page.get_by_role("button", name="Requeue the edited one").click()
        await expect(page.locator("#progress")).to_contain_text("1 of 1 edited, requeued")
    assert await waiting(processes.amqp_url, DEAD_QUEUE) == 0


async def test_what_comes_back_arrives_without_reload(
    browser: Browser, processes: Processes, database_url: str
) -> None:
    await bury(processes.amqp_url, [make_event("push", "team/poison") for _ in range(2)])
    url = start(processes)
    async with browsing(browser) as context:
        page = await context.new_page()
        await page.goto(f"{url}/dead-letters/plan?operation=requeue&all=1")
        await page.get_by_label("Send one ahead").uncheck()
        await page.get_by_role("button", name="Requeue 2").click()
        await expect(page.locator("#returned")).to_contain_text("Nothing came back")
        await poison(database_url)
        processes.worker()
        await expect(page.locator("#returned")).to_contain_text("2 came back")
        await page.get_by_role("link", name="the list of them").click()
        heading = page.get_by_role("heading", level=1)
        await expect(heading).to_have_text(re.compile("2 dead letters"))
