"""Events counted by day, whenever and however often it is done."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import asyncpg
import pytest

from shared import rollup
from shared.database import Pool
from tests.recorded import NOON, record
from tests.running import running_pipeline
from tests.waiting import eventually

DAY = NOON.date()


@pytest.fixture
async def pool(database_url: str) -> AsyncIterator[Pool]:
    async with asyncpg.create_pool(database_url, min_size=1, max_size=4) as pool:
        yield pool


@pytest.fixture
async def database(database_url: str) -> AsyncIterator["asyncpg.Connection[asyncpg.Record]"]:
    connection = await asyncpg.connect(database_url)
    yield connection
    await connection.close()


async def counted(database: Any) -> Sequence[tuple[date, str, int, int, int]]:
    rows = await database.fetch(
        "SELECT day, repository, pushes, deletes, creations FROM registry_events_daily"
        " ORDER BY day, repository"
    )
    return [tuple(row) for row in rows]


async def test_what_is_counted_is_what_is_recorded(pool: Pool, database: Any) -> None:
    await record(database, action="create_repository", actor="alice")
    await record(database, actor="alice")
    await record(database, actor="bob", occurred_at=NOON + timedelta(hours=11, minutes=59))
    await record(database, action="delete_tag", occurred_at=NOON + timedelta(hours=12))
    await record(database, repository="team/web", registry_source="other")
    assert await rollup.refresh(pool) == [DAY, DAY + timedelta(days=1)]
    assert await counted(database) == [
        (DAY, "team/app", 2, 0, 1),
        (DAY, "team/web", 1, 0, 0),
        (DAY + timedelta(days=1), "team/app", 0, 1, 0),
    ]
    monthly = await database.fetch("SELECT * FROM registry_actors_monthly ORDER BY action")
    assert [tuple(row) for row in monthly] == [
        (DAY.replace(day=1), "create_repository", 1, 1),
        (DAY.replace(day=1), "push_tag", 2, 2),
    ]
    activity = await database.fetch("SELECT * FROM repositories_activity ORDER BY repository")
    assert tuple(activity[0]) == (
        "default", "team/app", DAY, DAY + timedelta(days=1), 2, 1, 1,
    )  # fmt: skip


async def test_a_day_is_counted_anew_when_it_gets_a_row(pool: Pool, database: Any) -> None:
    await record(database)
    assert await rollup.refresh(pool) == [DAY]
    assert await rollup.refresh(pool) == []
    late = datetime.now(UTC)
    await record(database, recorded_at=late)
    await record(database, occurred_at=late, recorded_at=late)
    assert await rollup.refresh(pool) == [DAY, late.date()]
    assert await counted(database) == [
        (DAY, "team/app", 2, 0, 0),
        (late.date(), "team/app", 1, 0, 0),
    ]


async def test_several_at_once_count_nothing_twice(pool: Pool, database: Any) -> None:
    for number in range(20):
        await record(database, occurred_at=NOON + timedelta(days=number % 4))
    await asyncio.gather(*(rollup.refresh(pool) for _ in range(4)))
    assert [row[2] for row in await counted(database)] == [5, 5, 5, 5]


async def test_a_worker_counts_without_being_asked(
    amqp_url: str, database_url: str, database: Any
) -> None:
    await record(database)
    async with running_pipeline(amqp_url, database_url):

        async def is_counted() -> bool:
            return bool(await counted(database))

        await eventually(is_counted)


async def test_what_takes_long_is_done_more_seldom(pool: Pool, database: Any) -> None:
    await rollup.refresh(pool)
    due = "UPDATE tracking_event_rollup SET counted_until = now() - interval '1 minute', took = $1"
    every = timedelta(seconds=30)
    for seconds, is_due in ((1, True), (10, False)):
        await database.execute(due, timedelta(seconds=seconds))
        assert await database.fetchval(rollup.DUE, every, 20) is is_due


async def test_an_absurd_clock_makes_no_day(pool: Pool, database: Any) -> None:
    for year in (1, 1970, 9999):
        await record(database, occurred_at=datetime(year, 1, 1, tzinfo=UTC), recorded_at=NOON)
    await record(database)
    assert await rollup.refresh(pool) == [DAY]


async def test_every_view_and_column_has_a_comment(database: Any) -> None:
    uncommented = await database.fetch("""
        SELECT relation.relname, attribute.attname FROM pg_class AS relation
        JOIN pg_attribute AS attribute ON attribute.attrelid = relation.oid
        WHERE relation.relname IN (
                'registry_events_daily', 'repositories_activity', 'registry_actors_monthly'
            ) AND attribute.attnum > 0
            AND (obj_description(relation.oid) IS NULL
                OR col_description(relation.oid, attribute.attnum) IS NULL)
    """)
    assert list(uncommented) == []
