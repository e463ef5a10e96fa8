"""Partitions are made ahead, by many at once and beside workers, and a missing one stops nobody."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import cast

import asyncpg
import pytest

from shared.amqp.contents import Delivery
from shared.database import Pool, new_pool
from shared.partitions.acts import Verb
from shared.partitions.months import month_of
from tests.locks import locked
from tests.partitions import WHERE_LOGGED, at, made, partitions, places, recorder
from tests.running import make_settings
from tests.waiting import eventually
from worker import isolation
from worker.delivery import Received

NOW = datetime.now(UTC)
# Three months on from any day of this one, for which nobody has made a partition.
LATER = (NOW.replace(day=15) + timedelta(days=92)).replace(hour=12)
MONTH = f"_{LATER:%Y_%m}"
ABSURD = ("0001-01-02T00:00:00Z", "1970-01-01T00:00:00Z", "9999-06-01T00:00:00Z")


@pytest.fixture
async def pool(database_url: str) -> AsyncIterator[Pool]:
    settings = make_settings("amqp://unused", database_url)
    async with new_pool(settings, url=database_url, application="test", size=20) as opened:
        yield opened


async def test_an_event_is_recorded_in_the_partition_of_its_own_month(pool: Pool) -> None:
    await recorder(pool).record([at(NOW), at(NOW.replace(day=1, hour=0)), at(LATER)])
    assert await places(pool) == {
        f"tracking_events_{NOW:%Y_%m}": 2,
        "tracking_events_default": 1,
    }
    assert await places(pool, WHERE_LOGGED) == {f"geo_events_{NOW:%Y_%m}": 3}


async def test_a_partition_that_is_made_takes_its_rows_out_of_the_default_one(pool: Pool) -> None:
    late = at(LATER)
    await recorder(pool).record([late, *map(at, ABSURD)])
    acts = await made(pool, LATER)
    assert [act.rows for act in acts if act.table == "tracking_events"] == [1, 0, 0]
    assert await places(pool) == {f"tracking_events{MONTH}": 1, "tracking_events_default": 3}
    assert (await recorder(pool).record([late])).duplicates == 1
    assert await made(pool, LATER) == []


async def test_months_of_late_events_are_made_and_those_of_absurd_clocks_are_not(
    pool: Pool,
) -> None:
    backlog = NOW - timedelta(days=200)
    await recorder(pool).record([at(backlog), *map(at, ABSURD)])
    await made(pool, NOW)
    assert await places(pool) == {
        f"tracking_events_{backlog:%Y_%m}": 1,
        "tracking_events_default": 3,
    }


async def test_many_make_the_same_ones_at_once_while_workers_record(pool: Pool) -> None:
    events = [at(LATER + timedelta(seconds=number)) for number in range(600)]
    batches = [events[start::12] for start in range(12)]
    recorded = asyncio.gather(
        *(recorder(pool).record(batch) for batch in [*batches, *reversed(batches)])
    )
    rounds = await asyncio.gather(*(made(pool, LATER) for _ in range(5)))
    outcomes = await recorded
    assert sum(len(outcome.fresh) for outcome in outcomes) == 600
    assert sum(outcome.duplicates for outcome in outcomes) == 600
    assert len([act for acts in rounds for act in acts]) == 2 * 3
    await made(pool, LATER)
    assert await places(pool) == {f"tracking_events{MONTH}": 600}
    ids = [row["id"] for row in await pool.fetch("SELECT id FROM geo_events ORDER BY id")]
    assert ids == list(range(1, 601))


NO_DELIVERY = cast("Delivery", None)
WAITING = "SELECT count(*) FROM pg_locks WHERE NOT granted"


async def test_an_event_that_waits_while_its_partition_is_made_gets_into_it(
    pool: Pool, database_url: str
) -> None:
    connection = await asyncpg.connect(database_url)
    month = LATER.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    make = "SELECT make_partition('tracking_events', $1, $2)"
    async with connection.transaction():
        await connection.fetchval(make, month, month_of(month).until)
        recording = asyncio.ensure_future(
            isolation.record(recorder(pool), [Received(NO_DELIVERY, at(LATER))], attempts=1)
        )
        await eventually(lambda: pool.fetchval(WAITING))
    outcome = await recording
    assert (len(outcome.fresh), outcome.failures) == (1, [])
    assert await places(pool) == {f"tracking_events{MONTH}": 1}
    await connection.close()


async def test_a_dry_run_says_what_it_would_make_and_makes_nothing(pool: Pool) -> None:
    before = await partitions(pool)
    acts = await made(pool, LATER, dry_run=True)
    assert {act.verb for act in acts} == {Verb.MADE}
    assert len(acts) == 2 * 3
    assert await partitions(pool) == before


async def test_who_has_the_table_is_not_waited_for_long_and_nothing_is_half_done(
    pool: Pool, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shared.partitions.turns.ATTEMPTS", 2)
    before = await partitions(pool)
    async with locked(database_url, "LOCK TABLE tracking_events_default IN ACCESS SHARE MODE"):
        with pytest.raises(asyncpg.LockNotAvailableError):
            await made(pool, LATER)
        assert (await recorder(pool).record([at(NOW)])).duplicates == 0
    assert await partitions(pool) == before
    assert await pool.fetchval("SELECT to_regclass($1)", f"tracking_events{MONTH}") is None


async def test_a_reader_of_ids_sees_no_gap_where_partitions_meet(pool: Pool) -> None:
    this = NOW.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    await recorder(pool).record([at(NOW) for _ in range(30)])
    # Transactions around midnight: the one that began before it may commit after the other.
    await pool.execute(
        "UPDATE geo_events SET recorded_at = $1 WHERE id % 3 = 0", this - timedelta(seconds=1)
    )
    await made(pool, NOW)
    assert len(await places(pool, WHERE_LOGGED)) == 2
    seen: list[int] = []
    while found := await pool.fetch(
        "SELECT id FROM geo_events WHERE id > $1 ORDER BY id LIMIT 7", seen[-1] if seen else 0
    ):
        seen += [row["id"] for row in found]
    assert seen == list(range(1, 31))
