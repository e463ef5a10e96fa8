"""`registry-events console` in a real browser, on real servers."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, expect

from console.local.network.loopback import answers
from console.local.network.ports import LOOPBACK, free_port
from console.local.processes.process import Process
from shared.amqp.topology import DEAD_QUEUE
from tests.acceptance.browser import browsing, watch
from tests.databases import refuse_poison
from tests.factories import make_envelope, make_event
from tests.processes import Processes, waiting
from tests.running import Pipeline, emptied

# One loop, in which one pipeline and one way to the browser serve all tests.
pytestmark = pytest.mark.asyncio(loop_scope="module")

expect.set_options(timeout=30_000)

READ_ONLY = ("console",)
WRITABLE = ("console", "--allow-writes")
HOSTILE = (
    "<script>document.title='owned'</script><img src=x onerror=\"document.title='owned'\">"
    "\u202egpj.exe\u200f\x1b[2J\x1b]0;owned\x07'\"&lt;"
)
SHOWN = HOSTILE.encode("ascii", "backslashreplace").decode().translate({27: "\\x1b", 7: "\\x07"})


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shared(shared_processes: Processes) -> AsyncIterator[Pipeline]:
    shared_processes.worker()
    async with shared_processes.pipeline(shared_processes.ingest()) as running:
        yield running


@pytest_asyncio.fixture(loop_scope="module")
async def pipeline(shared: Pipeline) -> Pipeline:
    await emptied(shared)
    return shared


@pytest.fixture
def processes(shared_processes: Processes, tmp_path: Path) -> Iterator[Processes]:
    """Beside those of the module, for consoles: these remember for seconds what they have seen."""
    with ExitStack() as exits:
        yield replace(shared_processes, directory=tmp_path, exits=exits)


@pytest_asyncio.fixture(loop_scope="module")
async def context(browser: Browser) -> AsyncIterator[BrowserContext]:
    async with browsing(browser) as made:
        yield made


def start(processes: Processes, *command: str) -> str:
    """The URL of a console."""
    port = free_port()
    launch(processes, port, *command)
    return f"http://{LOOPBACK}:{port}"


def launch(processes: Processes, port: int, *command: str) -> Process:
    console = processes.start_command(*command, console_listen=f"{LOOPBACK}:{port}")
    console.wait_until(lambda: answers(port, "/"), seconds=60)
    return console


@asynccontextmanager
async def bad_gateway(port: int) -> AsyncIterator[None]:
    """What a proxy answers while the console behind it is away."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(answer, LOOPBACK, port):
        yield


async def bury(pipeline: Pipeline, *repositories: str) -> None:
    """As many dead letters, each of an event whose repository is not valid."""
    await pipeline.post(make_envelope(*(make_event("push", name) for name in repositories)))


async def test_a_change_arrives_without_reload(
    processes: Processes, pipeline: Pipeline, context: BrowserContext
) -> None:
    page = await context.new_page()
    faults = watch(page)
    await page.goto(start(processes, *READ_ONLY))
    await expect(page.locator("#strip")).to_contain_text("It is working: nothing was recorded yet")
    await page.evaluate("window.loadedOnce = true")
    await pipeline.post(make_envelope(make_event("push", "fresh/news", target={"tag": "v1"})))
    await bury(pipeline, "")
    await expect(page.locator("#recent")).to_contain_text("fresh/news")
    await expect(page.locator("#strip")).to_contain_text("last event recorded")
    await expect(page.locator("#flow")).to_contain_text("1 dead letter")
    await expect(page.get_by_role("status")).to_have_text("It is working, something needs a look")
    assert await page.evaluate("window.loadedOnce")
    assert faults == []


async def test_a_page_outlives_its_console(
    processes: Processes, pipeline: Pipeline, context: BrowserContext
) -> None:
    port = free_port()
    console = launch(processes, port, *READ_ONLY)
    page = await context.new_page()
    await page.goto(f"http://{LOOPBACK}:{port}")
    await expect(page.locator("#strip")).to_contain_text("It is working")
    await page.evaluate("window.loadedOnce = true")
    console.kill()
    async with bad_gateway(port):
        await expect(page.locator("body")).to_have_class("is-live is-stale")
    await pipeline.post(make_envelope(make_event("push", "mean/while")))
    launch(processes, port, *READ_ONLY)
    await expect(page.locator("body")).to_have_class("is-live")
    await expect(page.locator("#recent")).to_contain_text("mean/while")
    assert await page.evaluate("window.loadedOnce")


async def test_what_has_the_focus_keeps_it_when_it_changes(
    processes: Processes, pipeline: Pipeline, context: BrowserContext
) -> None:
    page = await context.new_page()
    await page.goto(start(processes, *READ_ONLY))
    dead = page.locator("#flow a")
    await dead.focus()
    await bury(pipeline, "")
    await expect(dead).to_contain_text("1 dead letter")
    await expect(dead).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", level=1)).to_have_text("1 dead letter")


async def test_requeue_with_the_keyboard_alone(
    processes: Processes, pipeline: Pipeline, context: BrowserContext
) -> None:
    await refuse_poison(pipeline.database)
    await pipeline.post(make_envelope(*(make_event("push", "team/poison") for _ in range(3))))
    await pipeline.dead_letters(3)
    await pipeline.database.execute("DROP TRIGGER refuse ON tracking_events")
    page = await context.new_page()
    faults = watch(page)
    await page.goto(start(processes, *WRITABLE) + "/dead-letters")
    await page.get_by_role("link", name="Requeue").press("Enter")
    await expect(page.get_by_role("heading", level=1)).to_have_text("Requeue 3 dead letters?")
    await page.get_by_label("Why, for the audit trail").fill("the table is mended")
    await page.get_by_role("button", name="Requeue 3").press("Enter")
    await expect(page.locator("#progress")).to_contain_text("3 of 3 requeued and confirmed")
    await expect(page.locator("#progress")).to_contain_text("canary: 1 recorded")
    assert len(await pipeline.settled(3)) == 3
    await page.get_by_role("link", name="History").first.press("Enter")
    row = page.get_by_role("row").filter(has_text="the table is mended")
    await expect(row).to_contain_text("requeue")
    assert await waiting(processes.amqp_url, DEAD_QUEUE) == 0
    assert faults == []


async def test_discard_those_that_are_ticked(
    processes: Processes, pipeline: Pipeline, context: BrowserContext
) -> None:
    await bury(pipeline, "KEEP", "DROP", "DROP")
    page = await context.new_page()
    await page.goto(start(processes, *WRITABLE) + "/dead-letters/list")
    for row in await page.get_by_role("row").filter(has_text="DROP").all():
        await row.get_by_role("checkbox").check()
    await page.get_by_role("button", name="Discard the ticked ones").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Discard 2 dead letters?")
    await page.get_by_label("to confirm").fill("3")
    await page.get_by_role("button", name="Discard 2").click()
    await expect(page.get_by_role("alert")).to_have_text(
        "Type 2 to confirm; nothing was discarded."
    )
    await page.get_by_label("to confirm").fill("2")
    await page.get_by_role("button", name="Discard 2").click()
    await expect(page.locator("#progress")).to_contain_text("2 of 2 discarded")
    (left,) = await pipeline.dead_letters(1)
    assert left.repository == "KEEP"


async def test_hostile_payloads_do_nothing(
    processes: Processes, pipeline: Pipeline, context: BrowserContext
) -> None:
    hostile = make_event("push", HOSTILE, target={"tag": HOSTILE}, id=HOSTILE[:200])
    await pipeline.post(make_envelope(hostile))
    await pipeline.dead_letters(1)
    page = await context.new_page()
    faults = watch(page)
    url = start(processes, *WRITABLE)
    await page.goto(f"{url}/dead-letters")
    await expect(page.locator("td.text [title]")).to_have_attribute("title", SHOWN)
    await page.goto(f"{url}/dead-letters/list")
    await expect(page.locator("td.name [title]")).to_have_attribute("title", f"{SHOWN}:{SHOWN}")
    await page.locator("td.when a").click()
    await expect(page.get_by_role("heading", level=1)).to_contain_text(SHOWN[:100])
    await expect(page.locator("pre")).to_contain_text("\\u202egpj.exe")
    assert "owned" not in await page.title()
    assert await page.locator("main script, main img").count() == 0
    text = await page.locator("body").inner_text()
    assert not set(text) & set("\u202e\u200f\x1b\x07")
    assert faults == []


async def test_everything_can_be_read_without_a_script(
    browser: Browser, processes: Processes, pipeline: Pipeline
) -> None:
    await pipeline.post(make_envelope(make_event("push", "team/plain", target={"tag": "v1"})))
    await bury(pipeline, "A//B")
    await pipeline.settled(1)
    url = start(processes, *WRITABLE)
    async with browsing(browser, java_script_enabled=False) as context:
        page = await context.new_page()
        await page.goto(url)
        await expect(page.locator("#strip")).to_contain_text("It is working")
        await expect(page.locator("#recent")).to_contain_text("team/plain")
        await page.get_by_role("link", name="Events", exact=True).click()
        await expect(page.get_by_role("table")).to_contain_text("team/plain")
        await page.goto(f"{url}/dead-letters")
        await page.get_by_role("table").get_by_role("link").first.click()
        await page.locator("td.when a").click()
        await expect(page.locator("pre")).to_contain_text('"repository": "A//B"')
        await page.get_by_role("button", name="Discard").click()
        await page.get_by_label("Why").fill("read without a script")
        await page.get_by_label("to confirm").fill("1")
        await page.get_by_role("button", name="Discard 1").click()
        await expect(page.locator("#progress")).to_contain_text("1 of 1 discarded")
        await page.goto(f"{url}/history")
        row = page.get_by_role("row").filter(has_text="read without a script")
        await expect(row).to_contain_text("discard")


async def test_reading_only_has_no_way_to_write(
    processes: Processes, pipeline: Pipeline, context: BrowserContext
) -> None:
    await bury(pipeline, "")
    page = await context.new_page()
    await page.goto(start(processes, *READ_ONLY) + "/dead-letters/list")
    await expect(page.locator("header")).to_contain_text("read-only")
    assert await page.locator("form[method=post]").count() == 0
    assert await page.get_by_role("button", name="Discard").count() == 0
    for path in ("/operations", "/operations/x/stop", "/dead-letters"):
        sent = "async (path) => (await fetch(path, {method: 'POST'})).status"
        assert await page.evaluate(sent, path) == 403
    assert await waiting(processes.amqp_url, DEAD_QUEUE) == 1


async def test_another_site_cannot_send_a_form(
    processes: Processes, pipeline: Pipeline, context: BrowserContext
) -> None:
    """`localhost` is another site than 127.0.0.1, though the same console answers to both."""
    await bury(pipeline, "")
    url = start(processes, *WRITABLE)
    page = await context.new_page()
    await page.goto(f"{url}/dead-letters/plan?operation=discard&all=1")
    names = ("form_key", "plan")
    fields = {
        name: await page.locator(f"form[action='/operations'] [name={name}]").input_value()
        for name in names
    }
    inputs = "".join(f"<input name={name} value={value}>" for name, value in fields.items())
    form = (
        f"<form id=f method=post action={url}/operations>{inputs}<input name=count value=1></form>"
    )
    other = await context.new_page()
    await other.route(
        "http://localhost/**",
        lambda route: route.fulfill(body=f"<!doctype html>{form}", content_type="text/html"),
    )
    await other.goto("http://localhost/attack")
    async with other.expect_navigation() as arrived:
        await other.evaluate("document.getElementById('f').submit()")
    response = await arrived.value
    assert response
    assert response.status == 403
    assert await waiting(processes.amqp_url, DEAD_QUEUE) == 1
