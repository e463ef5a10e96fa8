"""`registry-events maintain`, as an operator or a timer runs it."""

import asyncio
import json
from datetime import UTC, datetime, timedelta

import asyncpg

from tests.locks import locked
from tests.processes import run

NOW = datetime.now(UTC)
OLD = """
SELECT make_partition('tracking_events', $1::timestamptz, $1 + interval '1 month'),
       make_partition('geo_events', $1::timestamptz, $1 + interval '1 month')
"""
EVENT = """
INSERT INTO tracking_events (event_id, action, repository, occurred_at)
VALUES ('old', 'push_tag', 'a/b', $1)
"""
GEO = """
INSERT INTO geo_events (id, event_id, container_repository_id, action, occurred_at, recorded_at)
VALUES (7, 'old', 1, 'push', $1, $1)
"""


async def maintain(database_url: str, *options: str, **settings: str) -> str:
    done = await asyncio.to_thread(run, "maintain", *options, DATABASE_URL=database_url, **settings)
    assert done.returncode == 0, done.stderr
    assert not done.stderr
    return done.stdout


async def test_it_says_what_it_does_and_then_that_there_is_nothing_to_do(
    database_url: str,
) -> None:
    month = datetime(2020, 5, 1, tzinfo=UTC)
    connection = await asyncpg.connect(database_url)
    await connection.execute("SET timezone = 'UTC'")
    await connection.fetch(OLD, month)
    await connection.execute(EVENT, month)
    await connection.execute(GEO, month)
    await connection.execute("INSERT INTO geo_sites (name, cursor) VALUES ('lima', 3)")
    kept = {
        "REGISTRY_EVENTS_RETENTION_TRACKING": str(365 * 86_400),
        "REGISTRY_EVENTS_RETENTION_GEO": str(365 * 86_400),
    }
    would = await maintain(database_url, "--dry-run", **kept)
    assert "would have dropped tracking_events_2020_05 (from 2020-05-01 until 2020-06-01;" in would
    assert await connection.fetchval("SELECT count(*) FROM tracking_events") == 1
    did = json.loads(await maintain(database_url, "-o", "json", **kept))
    acts = {act["table"]: act for act in did["acts"]}
    assert did["dry_run"] is False
    assert acts["tracking_events"]["act"] == "dropped"
    assert acts["tracking_events"]["until"] == "2020-06-01T00:00:00+00:00"
    assert acts["geo_events"]["act"] == "kept"
    assert acts["geo_events"]["why"] == "site lima has read until id 3, it has ids until 7"
    assert await connection.fetchval("SELECT count(*) FROM tracking_events") == 0
    assert await connection.fetchval("SELECT count(*) FROM geo_events") == 1
    await connection.execute("DELETE FROM geo_sites")
    assert (await maintain(database_url, **kept)).startswith("dropped geo_events_2020_05 (")
    assert await maintain(database_url, **kept) == "there is nothing to do\n"
    await connection.close()


async def test_without_a_retention_it_only_makes_partitions(database_url: str) -> None:
    connection = await asyncpg.connect(database_url)
    last = f"{(NOW.replace(day=1) + timedelta(days=64)):%Y_%m}"
    await connection.execute(f"DROP TABLE tracking_events_{last}")
    made = await maintain(database_url)
    assert made.startswith("made the partition of tracking_events from ")
    assert made.count("\n") == 1
    assert await maintain(database_url, "--dry-run") == "there is nothing to do\n"
    await connection.close()


async def test_tables_that_are_missing_are_named(empty_database_url: str) -> None:
    done = await asyncio.to_thread(run, "maintain", DATABASE_URL=empty_database_url)
    assert done.returncode == 1
    assert done.stderr == "Error: the tables are missing: run registry-events migrate\n"


async def test_tables_that_somebody_has_are_left_and_it_says_so(database_url: str) -> None:
    connection = await asyncpg.connect(database_url)
    last = f"{(NOW.replace(day=1) + timedelta(days=64)):%Y_%m}"
    await connection.execute(f"DROP TABLE tracking_events_{last}")
    async with locked(database_url, "LOCK TABLE tracking_events_default IN ACCESS SHARE MODE"):
        done = await asyncio.to_thread(run, "maintain", "-o", "json", DATABASE_URL=database_url)
    assert (done.returncode, json.loads(done.stdout)["acts"]) == (1, [])
    assert done.stderr == (
        "Error: not all was done, since somebody has the tables: registry-events status says who\n"
    )
    await connection.close()
