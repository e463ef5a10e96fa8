"""What is recorded of tags, as reconcile reads it, and what it leaves for the next time."""

from collections.abc import AsyncIterator
from datetime import timedelta

import asyncpg
import pytest

from geo.reconciling import records
from geo.reconciling.agreement import Changes
from geo.reconciling.tags import Kept, Recorded
from shared.database import Pool
from tests.recorded import NOON, record

ONE, TWO = (f"sha256:{digit * 64}" for digit in "12")
MINUTE = timedelta(minutes=1)
RENAME = """
INSERT INTO repository_renames (event_id, registry_source, from_path, to_path, occurred_at)
VALUES ('rename', 'default', 'team', 'group', $1)
"""


@pytest.fixture
async def pool(database_url: str) -> AsyncIterator[Pool]:
    async with asyncpg.create_pool(database_url, min_size=0, max_size=2) as pool:
        yield pool


async def known(pool: Pool, *paths: str, source: str = "default") -> dict[str, records.Known]:
    moved = await records.renames(pool, source)
    return dict(await records.read(pool, source, paths, moved))


async def test_the_last_event_of_each_tag_counts(pool: Pool) -> None:
    async with pool.acquire() as database:
        late = await record(database, tag="v1", digest=TWO, occurred_at=NOON + MINUTE)
        await record(database, tag="v1", digest=ONE, occurred_at=NOON)
        away = await record(database, tag="v2", action="delete_tag", occurred_at=NOON + MINUTE)
        await record(database, tag="v2", digest=ONE, occurred_at=NOON)
        await record(database, action="push_repository", digest=ONE, occurred_at=NOON)
        await record(database, tag="v1", registry_source="lima", digest=ONE)
        await record(database, tag="v1", repository="team/app2", digest=ONE)
    seen = await known(pool, "team/app", "team/none")
    assert seen["team/app"].tags == {
        "v1": Recorded(True, TWO, NOON + MINUTE, late),
        "v2": Recorded(False, None, NOON + MINUTE, away),
    }
    assert seen["team/none"] == records.Known()


async def test_a_clock_that_was_ahead_has_not_the_last_word(pool: Pool) -> None:
    years = timedelta(days=3650)
    async with pool.acquire() as database:
        await record(database, tag="v1", digest=ONE, occurred_at=NOON + years, recorded_at=NOON)
        later = await record(database, tag="v1", digest=TWO, occurred_at=NOON + MINUTE)
    assert (await known(pool, "team/app"))["team/app"].tags["v1"].event_id == later


async def test_what_was_pushed_before_a_rename_is_under_the_path_of_now(pool: Pool) -> None:
    async with pool.acquire() as database:
        before = await record(database, tag="v1", digest=ONE, occurred_at=NOON)
        await database.execute(RENAME, NOON + MINUTE)
        again = await record(database, tag="v1", digest=TWO, occurred_at=NOON + 2 * MINUTE)
    seen = await known(pool, "group/app", "team/app")
    assert seen["group/app"].tags == {"v1": Recorded(True, ONE, NOON, before)}
    assert seen["team/app"].tags == {"v1": Recorded(True, TWO, NOON + 2 * MINUTE, again)}


async def test_what_agreed_is_known_when_its_event_is_gone(pool: Pool) -> None:
    row = Kept("team/app", "v1", ONE, NOON, "event")
    await records.keep(pool, "default", [Changes([row], [])])
    seen = (await known(pool, "team/app"))["team/app"]
    assert seen == records.Known({"v1": Recorded(True, ONE, NOON, "event")}, [row])
    async with pool.acquire() as database:
        later = await record(database, tag="v1", action="delete_tag", occurred_at=NOON + MINUTE)
    seen = (await known(pool, "team/app"))["team/app"]
    assert seen.tags == {"v1": Recorded(False, None, NOON + MINUTE, later)}


async def test_a_row_of_before_a_rename_is_found_under_the_path_of_now(pool: Pool) -> None:
    row = Kept("team/app", "v1", ONE, NOON, "event")
    await records.keep(pool, "default", [Changes([row], [])])
    await pool.execute(RENAME, NOON + MINUTE)
    seen = await known(pool, "group/app", "team/app")
    assert seen["group/app"].kept == [row]
    assert seen["team/app"] == records.Known()


async def test_an_older_row_replaces_no_later_one_and_deletes_none(pool: Pool) -> None:
    """Two reconciles at once may have read at different moments."""
    older = Kept("team/app", "v1", ONE, NOON, "event")
    later = Kept("team/app", "v1", TWO, NOON + MINUTE, "event-2")
    await records.keep(pool, "default", [Changes([later], [])])
    await records.keep(pool, "default", [Changes([older], [older])])
    assert (await known(pool, "team/app"))["team/app"].kept == [later]
    await records.keep(pool, "default", [Changes([], [later])])
    assert (await known(pool, "team/app"))["team/app"] == records.Known()


async def test_sources_have_rows_of_their_own(pool: Pool) -> None:
    row = Kept("team/app", "v1", ONE, NOON, "event")
    await records.keep(pool, "lima", [Changes([row], [])])
    assert (await known(pool, "team/app"))["team/app"] == records.Known()
    assert (await known(pool, "team/app", source="lima"))["team/app"].kept == [row]
