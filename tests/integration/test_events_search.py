"""Recorded events are found by what is known of them, page by page, each exactly once."""

from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from itertools import pairwise
from typing import Any

import asyncpg
import pytest
import pytest_asyncio

from console.events import names
from console.events import search as module
from console.events.cursor import Cursor
from console.events.one import find
from console.events.search import Found, search
from console.events.wanted import Wanted
from tests.recorded import NOON, record

SHA = "sha256:" + "cd" * 32


@pytest.fixture
async def database(database_url: str) -> AsyncIterator["asyncpg.Connection[asyncpg.Record]"]:
    connection = await asyncpg.connect(database_url)
    yield connection
    await connection.close()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def sixty(
    shared_urls: tuple[str, str],
) -> AsyncIterator["asyncpg.Connection[asyncpg.Record]"]:
    """A database that has them, for those who only look."""
    connection = await asyncpg.connect(shared_urls[1])
    await record_many(connection)
    yield connection
    await connection.close()


async def pages(database: Any, wanted: Wanted, limit: int) -> Sequence[Found]:
    """Until the end; the place of each is carried as a word."""
    found = [await search(database, wanted, None, limit)]
    while after := found[-1].after:
        found.append(await search(database, wanted, Cursor.read(str(after)), limit))
    return found


async def record_many(database: Any) -> None:
    """Sixty, of which some happened at one time."""
    for number in range(60):
        await record(
            database,
            event_id=f"{number:03}",
            action="delete_tag" if number % 10 == 0 else "push_tag",
            repository=f"team-{number % 3}/app{number % 5}",
            tag=f"v{number % 4}",
            digest=SHA if number % 20 == 7 else None,
            actor=f"user-{number % 6}",
            registry_source="default" if number % 2 else "other",
            occurred_at=NOON + timedelta(minutes=number // 2),
        )


@pytest.mark.parametrize(
    ("wanted", "numbers"),
    [
        (Wanted(), range(60)),
        (Wanted(repository="team-1/app4"), [4, 19, 34, 49]),
        (Wanted(repository="team-1/*"), range(1, 60, 3)),
        (Wanted(repository="*app4"), range(4, 60, 5)),
        (Wanted(repository="team-?/app4", tag="v0"), [4, 24, 44]),
        (Wanted(repository="Team-1/*"), []),
        (Wanted(tag="v3"), range(3, 60, 4)),
        (Wanted(digest=SHA), [7, 27, 47]),
        (Wanted(actor="user-5"), range(5, 60, 6)),
        (Wanted(action="delete_tag"), range(0, 60, 10)),
        (Wanted(source="other", actor="user-2"), range(2, 60, 6)),
        (Wanted(since=NOON + timedelta(minutes=29)), [58, 59]),
        (Wanted(until=NOON + timedelta(minutes=1)), [0, 1]),
        (Wanted(tag="v\x00"), []),
    ],
    ids=[
        *("all", "repository", "prefix", "suffix", "glob-and-tag", "case", "tag", "digest"),
        *("actor", "action", "source-and-actor", "since", "until", "nul"),
    ],
)
@pytest.mark.parametrize("limit", [1, 7, 100])
@pytest.mark.asyncio(loop_scope="module")
async def test_what_is_wanted_is_found_once(
    sixty: Any, wanted: Wanted, numbers: Sequence[int], limit: int
) -> None:
    found = await pages(sixty, wanted, limit)
    events = [event for page in found for event in page.events]
    assert sorted(int(event.event_id) for event in events) == list(numbers)
    assert all(left.place > right.place for left, right in pairwise(events))
    assert all(len(page.events) == limit for page in found[:-1])


@pytest.mark.parametrize(
    "wanted",
    [Wanted(), Wanted(repository="team/app"), Wanted(tag="v1")],
    ids=["all", "repository", "tag"],
)
async def test_one_id_of_two_sources_at_one_time_is_found_of_both(
    database: Any, wanted: Wanted
) -> None:
    for source in ("harbor", "quay", "zot"):
        place = {"registry_source": source, "id_scope": source, "repository": "team/app"}
        await record(database, event_id="derived", tag="v1", occurred_at=NOON, **place)
    found = await pages(database, wanted, 1)
    sources = [event.source for page in found for event in page.events]
    assert sources == ["zot", "quay", "harbor"]


async def test_a_page_goes_through_so_many_events_at_most(
    database: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "STRETCH", 25)
    await record_many(database)
    found = await pages(database, Wanted(action="delete_tag"), 5)
    assert [len(page.events) for page in found] == [2, 3, 1]
    first = found[0]
    assert first.searched_to == NOON + timedelta(minutes=17)
    assert found[-1].searched_to is None


async def test_one_that_came_meanwhile_moves_no_page(database: Any) -> None:
    await record_many(database)
    first = await search(database, Wanted(), None, 10)
    await record(database, event_id="new", occurred_at=NOON + timedelta(days=1))
    second = await search(database, Wanted(), first.after, 10)
    numbers = [int(event.event_id) for event in (*first.events, *second.events)]
    assert sorted(numbers) == list(range(40, 60))


async def test_many_repositories_are_found_too(
    database: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(names, "_MOST", 3)
    await record_many(database)
    found = await pages(database, Wanted(repository="team-*"), 7)
    assert sum(len(page.events) for page in found) == 60


async def test_all_that_is_known_of_one(database: Any) -> None:
    row = await database.fetchval(
        "INSERT INTO container_repositories (path) VALUES ('team/app') RETURNING id"
    )
    event_id = await record(database, container_repository_id=row, tag="v1")
    other = await record(database)
    await database.execute(
        "INSERT INTO geo_events"
        " (id, event_id, container_repository_id, action, occurred_at, recorded_at)"
        " VALUES (7, $1, $2, 'push', $3, $4)",
        event_id, row, NOON, NOON + timedelta(seconds=1),
    )  # fmt: skip
    await database.execute(
        "INSERT INTO conflicting_events (event_id, content, action, repository, occurred_at)"
        " VALUES ($1, 'x', 'push', 'team/web', $2)",
        event_id, NOON,
    )  # fmt: skip
    (known,) = await find(database, event_id, NOON)
    assert list(known.outcome()) == [
        "recorded as push_tag, 1.0 s after it happened",
        "number 7 of the geo events, for sites that replicate",
        "1 other event came under its id with another content, and was kept as conflicting",
    ]
    document = known.document()
    assert (document["tag"], document["geo_event"]["id"]) == ("v1", 7)
    assert document["conflicting_events"][0]["repository"] == "team/web"
    assert document["container_repository"]["path"] == "team/app"
    (plain,) = await find(database, other)
    assert list(plain.outcome()) == [
        "recorded as push_tag, 1.0 s after it happened",
        "no geo event: nothing that a replica needs has changed, or they are off",
        "its repository has no row in the catalogue now",
    ]
    assert await find(database, "nobody") == []
    assert await find(database, event_id, NOON + timedelta(seconds=1)) == []
