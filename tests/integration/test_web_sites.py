"""Sites at a glance: on their page, on the overview and in `registry-events status`."""

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from functools import partial
from typing import Any

import pytest

from shared.database import Pool
from shared.migrate import migrate, shipped
from tests.consoles import Page, Visitor, running_console
from tests.sites import all_pending, fail, journal, opened, record
from tests.status import status
from tests.waiting import DEADLINE, eventually

HOSTILE = "<script>alert(1)</script>\u202e\x1b[2J{{7*7}}'\"><img src=x>"
SECRET = "answered 401: https://us:hunter2@quito"
AGO = "UPDATE geo_sites SET seen_at = now() - interval '11 min'"
FAILED_LONG = "UPDATE geo_pending SET since = now() - interval '2 h'"


@pytest.fixture
async def pool(database_url: str) -> AsyncIterator[Pool]:
    async with opened(database_url) as made:
        yield made


@pytest.fixture
async def visitor(amqp_url: str, database_url: str) -> AsyncIterator[Visitor]:
    async with running_console(amqp_url, database_url) as console:
        yield console


async def two_failing(pool: Pool) -> None:
    """At the site lima, whose follower looked a moment ago."""
    await record(pool, "team/app", "team/web", "team/cli")
    await all_pending(pool, "lima")
    await fail(pool, "lima", SECRET, HOSTILE)


async def test_without_sites_it_is_said_how_one_begins(visitor: Visitor) -> None:
    page = await visitor.get("/sites")
    assert "No site follows. One begins with registry-events geo sync" in page.text
    assert 'href="/sites" aria-current="page"' in page.source


async def test_a_site_and_what_fails_there(visitor: Visitor, pool: Pool) -> None:
    await two_failing(pool)
    await record(pool, "team/app")
    page = await visitor.get("/sites")
    assert "lima 1 change behind, the first for " in page.text
    assert "Failing at lima Repository" in page.text
    assert "team/app answered 401: https://****@quito 1 " in page.text
    assert "nobody seems to follow" not in page.text
    links = [link for link in page.links if link.startswith("/events/repository?")]
    assert links == [
        "/events/repository?path=team%2Fapp&source=default",
        "/events/repository?path=team%2Fcli&source=default",
    ]
    assert (await visitor.get(links[0])).status == 200


async def test_a_site_whose_follower_is_gone(visitor: Visitor, pool: Pool) -> None:
    lima = journal(pool)
    await lima.advance(await lima.cursor(), 0)
    assert "nobody seems to follow" not in (await visitor.get("/sites")).text
    await pool.execute(AGO)
    await lima.stuck("copy ended with exit code 3 at change 1")
    page = await visitor.get("/sites")
    assert "nobody seems to follow copy ended with exit code 3 at change 1" in page.text


async def _naming(visitor: Visitor, path: str) -> Page | None:
    """The overview is of some seconds ago."""
    page = await visitor.get(path)
    return page if "{{7*7}}" in page.text else None


async def test_hostile_texts_are_shown_as_text(visitor: Visitor, pool: Pool) -> None:
    await two_failing(pool)
    await pool.execute("INSERT INTO geo_sites (name, cursor) VALUES ($1, 0)", HOSTILE)
    for path in ("/sites", "/"):
        page = await eventually(partial(_naming, visitor, path))
        assert page
        assert "<script>alert" not in page.source
        assert "<img" not in page.source
        assert not set(page.source) & set("\u202e\x1b")
        assert "hunter2" not in page.source


async def test_reading_only_has_no_button(visitor: Visitor, pool: Pool) -> None:
    await two_failing(pool)
    page = await visitor.get("/sites")
    assert 'action="/sites/retry"' not in page.source
    assert (await visitor.post("/sites/retry", {"site": "lima"})).status == 403


async def test_what_fails_is_tried_now(amqp_url: str, database_url: str, pool: Pool) -> None:
    await two_failing(pool)
    await all_pending(pool, "quito")
    await fail(pool, "quito", "answered 500")
    async with running_console(amqp_url, database_url, writable=True) as visitor:
        page = await visitor.get("/sites")
        assert (await visitor.post("/sites/retry", {"site": "lima"})).status == 403
        assert page.text.count("due now") == 0
        form = {"form_key": page.field("form_key"), "site": "lima"}
        again = await visitor.post("/sites/retry", form)
    assert again.text.count("due now") == 2
    due = "SELECT count(*) FROM geo_pending WHERE cause IS NOT NULL AND due_at <= now()"
    assert await pool.fetchval(f"{due} AND site = 'lima'") == 2
    assert await pool.fetchval(f"{due} AND site = 'quito'") == 0


async def test_what_changes_arrives_on_an_open_page(visitor: Visitor, pool: Pool) -> None:
    await two_failing(pool)
    async with (
        asyncio.timeout(DEADLINE),
        visitor.http.get(f"{visitor.url}/sites/live") as response,
    ):
        first = json.loads((await response.content.readline()).removeprefix(b"data: "))
        assert "Failing at lima" in first["sites"]
        await pool.execute("UPDATE geo_pending SET cause = NULL")
        async for line in response.content:
            if line.startswith(b"data: ") and b"sites" in line:
                told = json.loads(line.removeprefix(b"data: "))["sites"]
                if "Failing at lima" not in told:
                    break


async def test_tables_of_before_are_said_to_be_that(
    amqp_url: str, empty_database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened(empty_database_url) as older, older.acquire() as connection:
        with monkeypatch.context() as before:
            without = [one for one in shipped() if one.name != "geo_sites"]
            before.setattr("shared.migrate.shipped", lambda: without)
            await migrate(connection)
    async with running_console(amqp_url, empty_database_url) as visitor:
        page = await visitor.get("/sites")
    assert page.status == 503
    assert "run registry-events migrate" in page.text
    told = await seen(amqp_url, empty_database_url)
    assert (told["database"]["fault"], told["database"]["sites"]) == ("", [])


async def seen(amqp_url: str, database_url: str) -> dict[str, Any]:
    done = await status(amqp_url, database_url, "-o", "json")
    return dict(json.loads(done.stdout))


async def test_status_and_the_overview_have_a_line_each(
    visitor: Visitor, amqp_url: str, database_url: str, pool: Pool
) -> None:
    await two_failing(pool)
    await record(pool, "team/app")
    await pool.execute(AGO)
    await pool.execute(FAILED_LONG)
    told = await seen(amqp_url, database_url)
    (lima,) = told["database"]["sites"]
    assert (lima["name"], lima["lag_events"], lima["pending"], lima["failing"]) == ("lima", 1, 3, 2)
    assert 660 <= lima["seen_age"] < 700
    assert 7_200 <= lima["failing_age"] < 7_300
    texts = " ".join(one["text"] for one in told["findings"])
    assert "site lima was not seen for 11 min and is 1 change behind" in texts
    assert "site lima: 2 repositories cannot be made equal, the first pending for 2 h" in texts

    async def overview() -> Sequence[Page]:
        page = await visitor.get("/")
        return [page] if "1 change behind" in page.text else []

    (page,) = await eventually(overview)
    assert ", 3 repositories pending, 2 failing" in page.text
    assert "Site lima was not seen for 11 min" in page.text
