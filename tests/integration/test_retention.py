"""What is old goes, on a clock that is moved by months: what must stay stays, and all is said."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta

import pytest
import stamina

from shared.database import Pool, new_pool
from shared.partitions.acts import Act, Verb
from shared.partitions.retention import Retention
from tests.partitions import at, kept_up, partitions, places, recorder
from tests.running import make_settings
from worker.failures import is_outage

NOW = datetime.now(UTC)
MONTH = f"_{NOW:%Y_%m}"
DAY = timedelta(days=1)
ALL = Retention(tracking=60 * DAY, geo=60 * DAY, operations=60 * DAY)
LATER = NOW + 150 * DAY
OPERATION = """
INSERT INTO dead_letter_operations (operation, actor, selector, matched, started_at)
VALUES ('discard', 'alice', 'all', 1, $1)
"""
CONFLICT = """
INSERT INTO conflicting_events (event_id, content, action, repository, occurred_at, seen_at)
VALUES ($1::text, $1::text::bytea, 'push', 'a/b', now(), $2)
"""


@pytest.fixture
async def pool(database_url: str) -> AsyncIterator[Pool]:
    settings = make_settings("amqp://unused", database_url)
    async with new_pool(settings, url=database_url, application="test", size=20) as opened:
        yield opened


def verbs(acts: Sequence[Act]) -> Counter[tuple[Verb, str]]:
    return Counter((act.verb, act.table) for act in acts if act.verb is not Verb.MADE)


async def test_without_a_retention_nothing_ever_goes(pool: Pool) -> None:
    await recorder(pool).record([at(NOW), at("1970-01-01T00:00:00Z")])
    await pool.execute(OPERATION, NOW - 4_000 * DAY)
    acts = await kept_up(pool, Retention(), now=NOW + 4_000 * DAY)
    assert verbs(acts) == {}
    assert await pool.fetchval("SELECT count(*) FROM tracking_events") == 2
    assert await pool.fetchval("SELECT count(*) FROM geo_events") == 2
    assert await pool.fetchval("SELECT count(*) FROM dead_letter_operations") == 1


async def test_a_month_goes_when_it_is_wholly_older(pool: Pool) -> None:
    events = [at(NOW), at(NOW + 40 * DAY)]
    await recorder(pool).record(events)
    end = (NOW.replace(day=1) + 32 * DAY).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    just_before = end + 60 * DAY - timedelta(seconds=1)
    assert verbs(await kept_up(pool, ALL, now=just_before)) == {}
    acts = await kept_up(pool, ALL, now=end + 60 * DAY)
    dropped = [act for act in acts if act.verb is Verb.DROPPED]
    assert [(act.partition, act.until) for act in dropped] == [
        (f"tracking_events{MONTH}", end),
        (f"geo_events{MONTH}", end),
    ]
    assert f"tracking_events{MONTH}" not in await partitions(pool)
    assert [row["event_id"] for row in await pool.fetch("SELECT * FROM tracking_events")] == [
        events[1].id
    ]


async def test_a_dry_run_says_the_same_and_does_nothing(pool: Pool) -> None:
    await recorder(pool).record([at(NOW), at("1970-01-01T00:00:00Z")])
    await pool.execute(OPERATION, NOW)
    would = await kept_up(pool, ALL, now=LATER, dry_run=True)
    assert await pool.fetchval("SELECT count(*) FROM tracking_events") == 2
    assert len(await places(pool)) == 2
    did = await kept_up(pool, ALL, now=LATER)
    assert verbs(did) == verbs(would)
    assert {act.partition for act in did} == {act.partition for act in would}
    assert {(act.table, act.rows) for act in did if act.verb is Verb.DELETED} == {
        ("tracking_events_default", 1),
        ("dead_letter_operations", 1),
    }


async def test_what_comes_again_after_its_partition_went_is_not_recorded_anew(pool: Pool) -> None:
    old, absurd, known = at(NOW), at("1970-01-01T00:00:00Z"), at(NOW + 40 * DAY)
    await recorder(pool).record([old, known])
    await kept_up(pool, ALL, now=NOW + 95 * DAY)
    again = await recorder(pool).record([old, old, absurd, known, at(NOW, action="delete")])
    assert [one.event for one in again.fresh] == [absurd]
    assert (again.duplicates, again.expired, list(again.conflicts)) == (1, 3, [])
    stored = await pool.fetch("SELECT event_id FROM tracking_events")
    assert {row["event_id"] for row in stored} == {known.id, absurd.id}
    # Nor is there anything for a site to read of it.
    assert await pool.fetchval("SELECT last_id FROM geo_event_counter") == 3


async def test_an_event_from_before_the_first_partition_is_recorded(pool: Pool) -> None:
    await kept_up(pool, ALL, now=LATER)
    outcome = await recorder(pool).record([at(NOW - 100 * DAY)])
    assert (len(outcome.fresh), outcome.expired) == (1, 0)
    assert await places(pool) == {"tracking_events_default": 1}


async def test_geo_events_stay_until_every_site_has_read_them(pool: Pool) -> None:
    await recorder(pool).record([at(NOW) for _ in range(5)])
    await pool.execute("INSERT INTO geo_sites (name, cursor) VALUES ('berlin', 5), ('lima', 4)")
    kept = [act for act in await kept_up(pool, ALL, now=LATER) if act.verb is Verb.KEPT]
    assert [(act.partition, act.why) for act in kept] == [
        (f"geo_events{MONTH}", "site lima has read until id 4, it has ids until 5")
    ]
    assert await pool.fetchval("SELECT count(*) FROM geo_events") == 5
    await pool.execute("UPDATE geo_sites SET cursor = 5")
    assert (Verb.DROPPED, "geo_events") in verbs(await kept_up(pool, ALL, now=LATER))
    assert await pool.fetchval("SELECT count(*) FROM geo_events") == 0
    await recorder(pool).record([at(NOW + 150 * DAY)])
    assert await pool.fetchval("SELECT id FROM geo_events") == 6


async def test_a_site_that_comes_between_the_look_and_the_drop_is_seen(pool: Pool) -> None:
    await recorder(pool).record([at(NOW)])
    await pool.execute("INSERT INTO geo_sites (name, cursor) VALUES ('lima', 0)")
    dropped = "SELECT drop_partition(to_regclass($1))"
    assert await pool.fetchval(dropped, f"geo_events{MONTH}") is False
    assert await pool.fetchval("SELECT count(*) FROM geo_events") == 1
    assert await pool.fetchval("SELECT count(*) FROM dropped_ranges") == 0
    assert await pool.fetchval(dropped, "geo_events_of_nobody") is None


async def test_rows_of_small_tables_go_by_their_age(pool: Pool) -> None:
    for age in (59, 61):
        await pool.execute(OPERATION, NOW - age * DAY)
        await pool.execute(CONFLICT, str(age), NOW - age * DAY)
    await recorder(pool).record([at("9999-01-01T00:00:00Z")])
    acts = await kept_up(pool, ALL, now=NOW)
    assert {(act.table, act.rows) for act in acts if act.verb is Verb.DELETED} == {
        ("dead_letter_operations", 1),
        ("conflicting_events", 1),
    }
    assert await pool.fetchval("SELECT event_id FROM conflicting_events") == "59"
    # An absurd time says nothing of the age, the record's own does.
    assert await places(pool) == {"tracking_events_default": 1}
    await kept_up(pool, ALL, now=NOW + 61 * DAY)
    assert await places(pool) == {}


async def test_workers_record_while_partitions_are_dropped_and_made(pool: Pool) -> None:
    old, later = [at(NOW) for _ in range(100)], NOW + 150 * DAY
    await recorder(pool).record(old)
    new = [at(later + timedelta(seconds=number)) for number in range(600)]
    # As workers do: a row that waited for the default partition finds its own made meanwhile.
    record = stamina.retry(on=is_outage, wait_initial=0.05)(recorder(pool).record)
    recording = asyncio.gather(*(record([*new[start::20], old[start]]) for start in range(20)))
    kept = Retention(tracking=60 * DAY)
    upkeep = asyncio.gather(*(kept_up(pool, kept, now=later) for _ in range(3)))
    outcomes, rounds = await recording, await upkeep
    assert sum(len(outcome.fresh) for outcome in outcomes) == 600
    assert sum(outcome.duplicates + outcome.expired for outcome in outcomes) == 20
    # One of them has dropped it, and said so.
    said = Counter(act.partition for acts in rounds for act in acts if act.verb is Verb.DROPPED)
    assert said[f"tracking_events{MONTH}"] == 1
    assert await pool.fetchval("SELECT count(*) FROM tracking_events") == 600
    ids = [row["id"] for row in await pool.fetch("SELECT id FROM geo_events ORDER BY id")]
    assert ids == list(range(1, 701))


async def test_by_the_databases_clock_nothing_of_today_goes(pool: Pool) -> None:
    await recorder(pool).record([at(NOW)])
    assert verbs(await kept_up(pool, Retention(tracking=DAY, geo=DAY))) == {}
    assert await pool.fetchval("SELECT count(*) FROM tracking_events") == 1
