"""What is recorded, on the console's pages: found, one by one, by repository and counted."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import pytest

from shared import rollup
from tests.consoles import Visitor, running_console
from tests.recorded import record

HOSTILE = "<script>alert(1)</script>\u202e{{7*7}}'\"><img src=x>"
DIGEST = "sha256:" + "ab" * 32


@pytest.fixture
async def database(database_url: str) -> AsyncIterator["asyncpg.Connection[asyncpg.Record]"]:
    connection = await asyncpg.connect(database_url)
    yield connection
    await connection.close()


@pytest.fixture
async def visitor(amqp_url: str, database_url: str) -> AsyncIterator[Visitor]:
    async with running_console(amqp_url, database_url) as console:
        yield console


async def count(database_url: str) -> None:
    async with asyncpg.create_pool(database_url, min_size=1, max_size=2) as pool:
        await rollup.refresh(pool)


async def test_pages_of_what_is_wanted_follow_each_other(visitor: Visitor, database: Any) -> None:
    now = datetime.now(UTC)
    for number in range(250):
        await record(database, tag=f"v{number}", occurred_at=now - timedelta(minutes=number))
    seen: list[str] = []
    path = "/events?repository=team/*"
    for size in (100, 100, 50):
        page = await visitor.get(path)
        shown = [link for link in page.links if link.startswith("/events/show?")]
        assert len(shown) == size
        seen += shown
        path = next((link for link in page.links if "after=" in link), "")
    assert path == ""
    assert len(set(seen)) == 250
    assert "Nothing matches." in (await visitor.get("/events?tag=nothing")).text
    assert "team/app v7" in (await visitor.get("/events?tag=v7&since=1h")).text


async def test_what_was_searched_is_said(
    visitor: Visitor, database: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("console.events.search.STRETCH", 5)
    for number in range(8):
        await record(database, tag="old" if number == 0 else "new", occurred_at=at(number))
    page = await visitor.get("/events?tag=old")
    assert "Nothing matches in the time that was searched" in page.text
    assert f"Searched back to {at(2):%Y-%m-%d %H:%M:%S} UTC ." in page.text
    (further,) = [link for link in page.links if "after=" in link]
    assert "push_tag team/app old" in (await visitor.get(further)).text


def at(minute: int) -> datetime:
    return datetime(2026, 3, 10, 12, minute, tzinfo=UTC)


async def test_an_event_has_a_page_with_all_of_it(visitor: Visitor, database: Any) -> None:
    event_id = await record(database, tag="v1", digest=DIGEST, actor="alice", request_id="r-7")
    listed = await visitor.get("/events")
    (link,) = [link for link in listed.links if link.startswith("/events/show?")]
    page = await visitor.get(link)
    for shown in (event_id, DIGEST, "alice", "r-7", "Recorded as push_tag, 1.0 s after"):
        assert shown in page.text
    for link in page.links:
        if link.startswith("/events"):
            assert (await visitor.get(link)).status == 200, link
    assert (await visitor.get("/events/show?id=nobody")).status == 404


async def test_a_repository_has_its_days_tags_and_actors(
    visitor: Visitor, database: Any, database_url: str
) -> None:
    now = datetime.now(UTC)
    for number, action in enumerate(("delete_tag", "push_tag", "push_tag", "create_repository")):
        await record(
            database, action=action, tag="v1" if "tag" in action else None, actor="alice",
            occurred_at=now - timedelta(minutes=number),
        )  # fmt: skip
    await record(database, repository="team/other", tag="v9", actor="bob")
    assert "Pulled" not in (await visitor.get("/events/repository?path=team/app")).text
    await database.execute(
        "INSERT INTO pull_counts (source, repository, tag, day, last_pulled_at, manifest_gets)"
        " VALUES ('default', 'team/app', 'v1', $1, $2, 3), ('default', 'team/app', '', $1, $2, 4)",
        now.date(), now - timedelta(hours=2),
    )  # fmt: skip
    await count(database_url)
    page = await visitor.get("/events/repository?path=team/app")
    assert "Pulled 7 times in the last 90 days, last 2 h ago" in page.text
    assert "pushes 2 creations 1 deletes 1" in page.text
    assert "v1 delete_tag" in page.text
    assert "alice 4" in page.text
    assert "v9" not in page.text
    assert "bob" not in page.text
    assert (await visitor.get("/events/repository?path=nothing")).status == 404
    assert (await visitor.get("/events/repository?path=team/app&source=other")).status == 404


@pytest.mark.parametrize("period", ["24h", "7d", "90d"])
async def test_statistics_are_drawn_and_told(
    visitor: Visitor, database: Any, database_url: str, period: str
) -> None:
    now = datetime.now(UTC)
    await record(database, actor="alice", occurred_at=now)
    await record(database, actor="bob", action="delete_tag", occurred_at=now)
    await record(database, actor="bob", occurred_at=now - timedelta(days=200))
    await count(database_url)
    page = await visitor.get(f"/statistics?period={period}")
    assert "pushes 1 creations 0 deletes 1 highest 2" in page.text
    assert page.source.count("<rect ") == 2
    assert "team/app 2 Actors" in page.text
    assert f"{now:%Y-%m} 1 1 0 0 0" in page.text
    assert ("Counted just now." if period == "24h" else "Days are as of ") in page.text


async def test_nothing_recorded_is_said(visitor: Visitor) -> None:
    for path in ("/events", "/events?tag=x", "/statistics", "/statistics?period=90d"):
        assert (await visitor.get(path)).status == 200


async def test_hostile_texts_are_shown_and_do_nothing(
    visitor: Visitor, database: Any, database_url: str
) -> None:
    texts = dict.fromkeys(("event_id", "repository", "actor", "user_agent"), HOSTILE)
    await record(database, **texts, tag=HOSTILE, occurred_at=datetime.now(UTC))
    await count(database_url)
    listed = await visitor.get("/events?since=1h")
    paths = [link for link in listed.links if link.startswith("/events/")]
    assert len(paths) == 2
    for path in ("/events", "/events?since=1h", "/statistics?period=7d", *paths):
        page = await visitor.get(path)
        assert page.status == 200, path
        assert "\\u202e" in page.text
        assert "{{7*7}}" in page.text
        assert "<script>alert" not in page.source
        assert "<img" not in page.source
        assert page.source.replace("\n", "").isprintable()
