"""A worker keeps the tables up beside its work, and goes on where it cannot."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from structlog.testing import capture_logs

from shared.database import new_pool
from tests.factories import make_envelope, make_event
from tests.partitions import at, partitions, recorder
from tests.running import Pipeline, make_settings, running_pipeline
from tests.waiting import eventually
from worker import upkeep

NOW = datetime.now(UTC)
LAST = f"tracking_events_{(NOW.replace(day=1) + timedelta(days=64)):%Y_%m}"
THIS = f"tracking_events_{NOW:%Y_%m}"


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(upkeep, "_FIRST", 0.05)


async def exists(pipeline: Pipeline, name: str) -> bool:
    return bool(await pipeline.database.fetchval("SELECT to_regclass($1) IS NOT NULL", name))


async def test_workers_make_what_is_missing_and_events_flow_meanwhile(
    amqp_url: str, database_url: str
) -> None:
    async with running_pipeline(amqp_url, database_url, workers=0) as pipeline:
        await pipeline.database.execute(f"DROP TABLE {LAST}, {THIS}")
        await pipeline.post(make_envelope(*(make_event() for _ in range(20))))
    async with running_pipeline(amqp_url, database_url) as pipeline:
        await pipeline.settled(20)

        async def moved() -> bool:
            return await exists(pipeline, THIS) and len(await pipeline.rows(THIS)) == 20

        await eventually(moved)
        await eventually(lambda: exists(pipeline, LAST))
        assert await pipeline.rows("tracking_events_default") == []


async def test_a_worker_that_may_not_make_them_says_so_and_records(
    amqp_url: str, database_url: str
) -> None:
    async with running_pipeline(amqp_url, database_url, workers=0) as pipeline:
        await pipeline.database.execute(f"DROP TABLE {LAST}, {THIS}")
        await pipeline.database.execute("""
            CREATE OR REPLACE FUNCTION make_partition(
                parent regclass, first timestamptz, until timestamptz
            ) RETURNS bigint LANGUAGE plpgsql AS $$
            BEGIN RAISE insufficient_privilege USING MESSAGE = 'must be owner'; END $$
        """)
    with capture_logs() as logs:
        async with running_pipeline(amqp_url, database_url) as pipeline:

            async def told() -> bool:
                return any(line["event"] == "partitions.not_kept_up" for line in logs)

            await eventually(told)
            await pipeline.post(make_envelope(make_event()))
            await pipeline.settled(1)
            assert len(await pipeline.rows("tracking_events_default")) == 1
            assert not await exists(pipeline, THIS)
    (line,) = [one for one in logs if one["event"] == "partitions.not_kept_up"]
    assert (line["log_level"], line["error"]) == ("warning", "must be owner")


async def test_several_workers_drop_what_is_old_once_and_say_it(
    amqp_url: str, database_url: str
) -> None:
    settings = make_settings(amqp_url, database_url, retention_tracking=90 * 86_400.0)
    async with new_pool(settings, url=database_url, application="test") as pool:
        await pool.execute("SELECT make_partition('tracking_events', '2020-05-01Z', '2020-06-01Z')")
        await recorder(pool).record([at("2020-05-02T00:00:00Z"), at(NOW)])
        with capture_logs() as logs:
            workers = [asyncio.ensure_future(upkeep.run(settings)) for _ in range(4)]

            async def told() -> bool:
                return any(line["event"] == "partitions.kept_up" for line in logs)

            await eventually(told)
            for worker in workers:
                worker.cancel()
            await asyncio.wait(workers)
        assert await pool.fetchval("SELECT count(*) FROM tracking_events") == 1
        assert "tracking_events_2020_05" not in await partitions(pool)
    lines = [line for line in logs if line["event"] == "partitions.kept_up"]
    assert [(line["act"], line["partition"]) for line in lines] == [
        ("dropped", "tracking_events_2020_05")
    ]
