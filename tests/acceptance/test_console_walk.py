"""Every page in a real browser: wide and narrow, with and without a script."""

import re

import pytest
import pytest_asyncio
from aiohttp import web
from playwright.async_api import Browser, Page, expect

from console.local.network.loopback import answers
from console.local.network.ports import LOOPBACK, free_port
from console.web.app import add_routes
from shared.text import storable
from tests.acceptance.browser import browsing
from tests.acceptance.causes import HOSTILE, LONG, bury_a_thousand
from tests.acceptance.walking import Walk
from tests.factories import make_envelope, make_event
from tests.processes import Processes
from tests.running import Pipeline
from tests.sites import all_pending, fail, opened

TOKEN = "open-sesame-open-sesame"


# One loop, in which one way to the browser serves all tests.
pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def url(shared_processes: Processes) -> str:
    """Of a console with something on every page."""
    worker, ingest = shared_processes.worker(), shared_processes.ingest()
    async with shared_processes.pipeline(ingest) as pipeline:
        await record_some(pipeline)
    await bury_a_thousand(shared_processes.amqp_url)
    await fail_at_a_site(shared_processes.database_url)
    services = f"http://{LOOPBACK}:{ingest.port},http://{LOOPBACK}:{worker.port}"
    port = free_port()
    console = shared_processes.start_command(
        "console", "--allow-writes", console_listen=f"{LOOPBACK}:{port}",
        console_tokens=TOKEN, console_services=services,
    )  # fmt: skip
    console.wait_until(lambda: answers(port, "/login"), seconds=60)
    return f"http://{LOOPBACK}:{port}"


@pytest.mark.parametrize("script", [True, False], ids=["script", "plain"])
async def test_every_page_can_be_read(browser: Browser, url: str, *, script: bool) -> None:
    async with browsing(browser, java_script_enabled=script) as context:
        walk = Walk(await context.new_page(), url, "script" if script else "plain")
        await everywhere(walk)
    assert walk.faults == []
    assert pages() - {path.partition("?")[0] for path in walk.seen.values()} == {"/login"}


async def everywhere(walk: Walk) -> None:
    page, url = walk.page, walk.url
    await page.goto(f"{url}/login")
    await walk.look("/login")
    await sign_in(page)
    await requeue_one(page, url)
    await walk.look("/operations/one")
    await walk.over("/", "/events", "/dead-letters", "/dead-letters/list", "/history", "/sites")
    await mend_one(page, url)
    await walk.look("/dead-letters/edit/difference")
    await be_refused(page, url)
    await walk.look("/answers/one")
    await page.goto(f"{url}/nothing")
    await walk.look("/nothing")


async def record_some(pipeline: Pipeline) -> None:
    names = ("team/app", LONG[:199] + "x", "team/" + "w" * 100)
    events = [make_event("push", name, target={"tag": "v1." * 40 + "0"}) for name in names]
    await pipeline.post(make_envelope(*events, make_event("push", HOSTILE)))
    await pipeline.settled(len(names))


async def fail_at_a_site(database_url: str) -> None:
    async with opened(database_url) as pool:
        await all_pending(pool, "lima")
        await fail(pool, "lima", storable(HOSTILE), LONG, "answered 500")


async def sign_in(page: Page) -> None:
    await page.get_by_label("Token").fill(TOKEN)
    await page.get_by_role("button", name="Sign in").click()
    await expect(page.locator("#strip")).to_contain_text("dead letters")


async def show_one(page: Page, url: str) -> None:
    await page.goto(f"{url}/dead-letters/list?reason=recording_failed&repository=team/app")
    await page.locator("td.when a").first.click()


async def requeue_one(page: Page, url: str) -> None:
    await show_one(page, url)
    await page.get_by_role("button", name="Retry…", exact=True).click()
    await page.get_by_role("button", name="Requeue 1").click()
    await expect(page.locator("[data-ended]")).to_be_visible()


async def mend_one(page: Page, url: str) -> None:
    await show_one(page, url)
    await page.get_by_role("button", name="Edit and retry…").click()
    form = page.locator("textarea")
    await form.fill((await form.input_value()).replace('"push"', '"delete"'))
    await form.locator("xpath=ancestor::form").get_by_role("button").first.click()
    await expect(page.locator("ins").first).to_be_visible()


async def be_refused(page: Page, url: str) -> None:
    await page.goto(f"{url}/dead-letters/plan?operation=discard&all=1")
    await page.get_by_label("to confirm").fill("1")
    await page.get_by_role("button", name="Discard").first.click()
    await expect(page.get_by_role("alert")).to_be_visible()


def pages() -> set[str]:
    """All that the console serves for people under a fixed path, but files and forms."""
    application = web.Application()
    add_routes(application)
    paths = {
        route.resource.canonical
        for route in application.router.routes()
        if route.method == "GET" and route.resource
    }
    return {path for path in paths if not re.search(r"live|static|\.|\{|/edit", path)}
