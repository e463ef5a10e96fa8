"""The console's pages in a real browser: what senders and screens make of them."""

from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from console.web.live.sampler import Point, Sampler
from tests.acceptance.browser import browsing, watch
from tests.acceptance.test_console_browser import bury
from tests.consoles import Visitor, running_console
from tests.factories import make_envelope, make_event
from tests.running import Pipeline, emptied, running_pipeline

# One loop, in which one pipeline and one way to the browser serve all tests.
pytestmark = pytest.mark.asyncio(loop_scope="module")

expect.set_options(timeout=30_000)

LONG = "team/" + "x" * 5_000
LISTS = ("/", "/events", "/dead-letters", "/dead-letters/list", "/history")
WIDER = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
HEIGHTS = "[...document.querySelectorAll('.rows tbody tr')].map((row) => row.offsetHeight)"
# Twelve hours behind, or thirteen.
ZONE = "Pacific/Auckland"


class Hours(Sampler):
    """Samples of an hour, of which none had to be waited for."""

    @property
    def points(self) -> Sequence[Point]:
        return [Point(2.0 * n, n % 7 + 0.5, None if n == 9 else n % 5) for n in range(1_800)]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shared(shared_urls: tuple[str, str]) -> AsyncIterator[Pipeline]:
    async with running_pipeline(*shared_urls) as running:
        yield running


@pytest_asyncio.fixture(loop_scope="module")
async def pipeline(shared: Pipeline) -> Pipeline:
    await emptied(shared)
    return shared


@pytest_asyncio.fixture(loop_scope="module")
async def console(
    shared_urls: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Visitor]:
    """For each test, since it remembers for seconds what it has seen."""
    monkeypatch.setattr("console.web.app.Sampler", Hours)
    async with running_console(*shared_urls, writable=True) as visitor:
        yield visitor


@pytest_asyncio.fixture(loop_scope="module")
async def page(browser: Browser) -> AsyncIterator[Page]:
    async with browsing(browser, timezone_id=ZONE) as context:
        yield await context.new_page()


async def test_charts_are_drawn_after_hours(console: Visitor, page: Page) -> None:
    faults = watch(page)
    await page.goto(console.url)
    points = "[...document.querySelectorAll('polyline')].map((line) => line.points.numberOfItems)"
    recorded, *ready = await page.evaluate(points)
    assert 120 < recorded <= 250
    assert len(ready) == 2, "what is not known is a gap"
    figures = "the last 59 min: latest 0.5/s, highest 6.5/s, lowest 0.5/s"
    await expect(page.get_by_role("img", name=figures)).to_be_visible()
    assert faults == []


async def test_long_names_leave_rows_low_and_keep_their_ends(
    pipeline: Pipeline, console: Visitor, page: Page
) -> None:
    await pipeline.database.execute(
        "INSERT INTO tracking_events (event_id, action, repository, tag, occurred_at)"
        " VALUES ('long', 'push_tag', $1, $2, now())",
        f"{LONG[:251]}/end",
        "v" * 128,
    )
    await bury(pipeline, f"{LONG}//end")
    await pipeline.dead_letters(1)
    for path in LISTS[:-1]:
        for width in (390, 1280):
            await page.set_viewport_size({"width": width, "height": 800})
            await page.goto(console.url + path)
            heights = await page.evaluate(HEIGHTS)
            assert heights
            assert max(heights) < 250, f"{path} at {width}"
            assert await page.evaluate(WIDER) == 0, f"{path} at {width}"
    row = page.locator("tbody tr")
    await expect(row).to_contain_text("x//end")
    assert LONG[:1_000] in (await row.locator(".name [title]").get_attribute("title") or "")


async def test_no_page_is_wider_than_a_telephone(
    pipeline: Pipeline, console: Visitor, page: Page
) -> None:
    await bury(pipeline, f"{LONG}//end", "", LONG * 10 + "//")
    (one, *_) = await pipeline.dead_letters(3)
    plan = "/dead-letters/plan?operation="
    await page.goto(f"{console.url}{plan}discard&repository=")
    await page.set_viewport_size({"width": 390, "height": 800})
    await page.goto(f"{console.url}{plan}requeue&id={one.message_id}")
    await page.get_by_label("Why").fill("because " + "x" * 400)
    await page.get_by_role("button", name="Requeue 1").click()
    await expect(page.locator("[data-ended]")).to_be_visible()
    assert await page.evaluate(WIDER) == 0, "an operation"
    (one, *_) = await pipeline.dead_letters(3)
    paths = (
        f"/dead-letters/show?id={one.message_id}", f"{plan}requeue&all=1", f"{plan}discard&all=1",
        "/dead-letters/list?since=yesterday", "/dead-letters/list?error=" + "x" * 300, "/login",
        "/" + "x" * 300,
    )  # fmt: skip
    for path in (*LISTS, *paths):
        await page.goto(console.url + path)
        assert await page.evaluate(WIDER) == 0, path
        heading = page.get_by_role("heading", level=1)
        assert await heading.evaluate("(h1) => h1.offsetHeight") < 200, path


async def test_a_telephone_shows_what_matters_first(
    pipeline: Pipeline, console: Visitor, page: Page
) -> None:
    await bury(pipeline, "", "")
    await pipeline.dead_letters(2)
    await page.set_viewport_size({"width": 390, "height": 800})
    await page.goto(f"{console.url}/dead-letters")
    row = page.locator("tbody tr").first
    for shown in ("2", "invalid_event", "target.repository: is missing", "Requeue…", "Discard…"):
        await expect(row.get_by_text(shown, exact=True).first).to_be_in_viewport(ratio=1)
    await page.goto(f"{console.url}/dead-letters/list")
    await expect(page.get_by_label("Repository")).to_be_hidden()
    await expect(page.locator("tbody .error").first).to_be_in_viewport(ratio=1)
    await page.get_by_text("Filter", exact=True).click()
    await page.get_by_label("Repository").fill("*")
    await page.get_by_role("button", name="Show", exact=True).click()
    await expect(page.get_by_label("Repository")).to_have_value("*")
    await expect(page.get_by_label("Repository")).to_be_visible()
    await page.set_viewport_size({"width": 1280, "height": 800})
    await page.goto(f"{console.url}/dead-letters/list")
    await expect(page.get_by_label("Repository")).to_be_visible()
    await expect(page.get_by_text("Filter", exact=True)).to_be_hidden()


async def test_times_are_local_for_who_says_so(
    pipeline: Pipeline, console: Visitor, page: Page
) -> None:
    then = datetime(2026, 1, 31, 12, 30, tzinfo=UTC)
    await pipeline.database.execute(
        "INSERT INTO tracking_events (event_id, action, repository, occurred_at, recorded_at)"
        " VALUES ('old', 'push_repository', 'team/old', $1, $1)",
        then,
    )
    await page.goto(f"{console.url}/events")
    when, head = page.locator("td.when"), page.locator("thead th").first
    await expect(when).to_have_text("2026-01-31 12:30:00")
    await expect(head).to_have_text("Recorded, UTC")
    await page.get_by_role("button", name="UTC").click()
    await expect(when).to_have_text("2026-02-01 01:30:00")
    await expect(head).to_have_text("Recorded, local time")
    await page.reload()
    await expect(when).to_have_text("2026-02-01 01:30:00")
    await pipeline.post(make_envelope(make_event("push", "fresh/news")))
    await expect(when).to_have_count(2)
    await expect(when.last).to_have_text("2026-02-01 01:30:00")
    await expect(head).to_have_text("Recorded, local time")
    moment = await when.first.locator("time").get_attribute("datetime")
    local = f"new Date('{moment}').toTimeString().slice(0, 8)"
    await expect(when.first).to_have_text(await page.evaluate(local))
    await page.get_by_role("button", name="local time").click()
    await expect(when.last).to_have_text("2026-01-31 12:30:00")
