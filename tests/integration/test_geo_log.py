"""What a site reads: every id in order, with the path of today, or why nothing proves that."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from geo.following.journal import BrokenLogError, ForgottenError, JournalError
from shared.database import Pool
from shared.partitions.retention import Retention
from shared.settings import CatalogueMode
from tests import renames
from tests.integration.test_retention import DAY, LATER
from tests.partitions import kept_up
from tests.renames import told
from tests.sites import all_changes, journal, opened, record


@pytest.fixture
async def pool(database_url: str) -> AsyncIterator[Pool]:
    async with opened(database_url) as made:
        yield made


async def test_changes_come_in_order_and_in_pages(pool: Pool) -> None:
    await record(pool, "a", "b", "c")
    lima = journal(pool)
    first = await lima.changes(await lima.cursor(), limit=2, wait=0)
    rest = await lima.changes(2, limit=2, wait=0)
    assert [(one.id, one.source, one.repository, one.action, one.tag) for one in first] == [
        (1, "default", "a", "push", "v1"),
        (2, "default", "b", "push", "v1"),
    ]
    assert [one.id for one in rest] == [3]
    assert await lima.changes(3, limit=2, wait=0) == ()


async def test_what_comes_while_a_site_waits_is_told_soon(pool: Pool) -> None:
    lima = journal(pool)
    waiting = asyncio.ensure_future(lima.changes(await lima.cursor(), limit=10, wait=30))
    done, _ = await asyncio.wait({waiting}, timeout=0.5)
    assert not done
    await record(pool, "a")
    assert [one.repository for one in await asyncio.wait_for(waiting, 10)] == ["a"]


async def test_a_repository_has_the_path_of_today(pool: Pool) -> None:
    await renames.record(pool, told("1 push a, 2 push a/x"), told("3 rename a b"))
    changes = await all_changes(pool)
    assert [(one.repository, one.former_repository) for one in changes] == [
        ("b", None), ("b/x", None), ("b", "a"), ("b/x", "a/x"),
    ]  # fmt: skip


async def test_one_that_gave_way_to_another_row_has_the_path_of_that(pool: Pool) -> None:
    await renames.record(pool, told("1 push a"), told("5 push b"), told("4 rename a b"))
    await renames.record(pool, told("7 push c"), told("6 rename b c"))
    changes = await all_changes(pool)
    assert {one.repository for one in changes} == {"c"}
    assert await pool.fetchval("SELECT count(*) FROM container_repositories") == 1


async def test_of_a_row_that_the_platform_deleted_the_events_path_is_told(pool: Pool) -> None:
    await pool.execute("INSERT INTO container_repositories (path) VALUES ('a')")
    for batch in (told("1 push a"), told("2 rename a b")):
        await renames.recorder(pool, CatalogueMode.LOOKUP).record(batch)
    await pool.execute("DELETE FROM container_repositories")
    known = await all_changes(pool)
    assert [(one.source, one.repository) for one in known] == [("default", "a"), ("default", "b")]
    await pool.execute("DELETE FROM tracking_events")
    await pool.execute("DELETE FROM repository_renames")
    unknown = await all_changes(pool)
    assert [(one.id, one.source, one.repository) for one in unknown] == [(1, "", ""), (2, "", "")]


async def test_what_retention_dropped_is_forgotten(pool: Pool) -> None:
    await record(pool, "a", "b")
    await kept_up(pool, Retention(geo=60 * DAY), now=LATER)
    lima = journal(pool)
    with pytest.raises(ForgottenError, match="dropped id 1"):
        await lima.changes(await lima.cursor(), limit=10, wait=0)
    await record(pool, "c")
    with pytest.raises(ForgottenError, match="dropped id 2"):
        await lima.changes(1, limit=10, wait=0)
    assert [one.id for one in await lima.changes(2, limit=10, wait=0)] == [3]


@pytest.mark.parametrize("missing", [2, 3], ids=["between", "at the end"])
async def test_a_hole_that_nobody_may_make_stops_a_site(pool: Pool, missing: int) -> None:
    await record(pool, "a", "b", "c")
    lima = journal(pool)
    cursor = await lima.cursor()
    await pool.execute("DELETE FROM geo_events WHERE id = $1", missing)
    with pytest.raises(BrokenLogError, match=f"id {missing} is missing"):
        await lima.changes(cursor, limit=10, wait=0)


async def test_a_log_that_ends_before_the_cursor_stops_a_site(pool: Pool) -> None:
    lima = journal(pool)
    await lima.cursor()
    with pytest.raises(BrokenLogError, match="ends at id 0, before the cursor 5"):
        await lima.changes(5, limit=10, wait=0)


async def test_a_database_that_is_away_is_one_sentence(pool: Pool) -> None:
    lima = journal(pool)
    await pool.execute("DROP TABLE geo_event_counter")
    with pytest.raises(JournalError, match=r"database cannot be used: .* does not exist"):
        await lima.cursor()
