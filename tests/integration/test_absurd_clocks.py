"""Events whose own time cannot be true are counted as such, and spoil no figure of the others."""

from datetime import timedelta

import asyncpg
import pytest

from console.overview.flow import longest_wait
from console.overview.seen.database import Activity
from console.overview.sources import database
from shared.database import new_pool
from tests.consoles import running_console
from tests.factories import make_envelope, make_event
from tests.running import make_settings, running_pipeline
from tests.status import status_of
from tests.unit.console.overview.seen import make_snapshot

ABSURD = ("0001-01-02T00:00:00Z", "1970-01-01T00:00:00Z", "9999-06-01T00:00:00Z")
FINDING = (
    "{} events of the last 5 minutes have an absurd clock, more than a year behind or a day ahead: "
    "set that of registry node registry-1:5000 (NTP); until then no lag is known of its events"
)
INSERT = """
INSERT INTO tracking_events (event_id, action, repository, source, occurred_at, recorded_at)
VALUES (gen_random_uuid(), 'push_tag', 'a/b', 'reg', statement_timestamp() - $1::interval,
        statement_timestamp() - $2::interval)
"""


async def test_they_are_shown_as_such_and_the_lag_is_that_of_the_others(
    amqp_url: str, database_url: str
) -> None:
    events = [make_event(timestamp=moment) for moment in ABSURD]
    async with running_pipeline(amqp_url, database_url) as pipeline:
        await pipeline.post(make_envelope(*events, make_event(), make_event()))
        await pipeline.settled(5)
        shown = await status_of(pipeline)
        async with running_console(amqp_url, database_url) as visitor:
            page = await visitor.get("/")
        worker = f"http://{pipeline.settings.worker_listen}/metrics"
        async with pipeline.http.get(worker) as response:
            figures = await response.text()
    assert f"\n! {FINDING.format(3)}\n" in shown
    assert " d," not in shown
    assert FINDING.format(3) in page.text
    assert page.text.count("clock?") == 3
    assert "registry_events_worker_absurd_clocks_total 3.0" in figures
    assert "registry_events_event_lag_seconds_count 2.0" in figures


async def seen(database_url: str, *events: tuple[float, float]) -> Activity:
    """What a look makes of events that occurred, and were recorded, so many seconds ago."""
    connection = await asyncpg.connect(database_url)
    for occurred, recorded in events:
        ages = timedelta(seconds=occurred), timedelta(seconds=recorded)
        await connection.execute(INSERT, *ages)
    await connection.close()
    settings = make_settings("amqp://unused", database_url)
    async with new_pool(settings, url=database_url, application="test") as pool:
        activity = (await database.look(pool, database_url)).activity
    assert activity
    return activity


HOURS = 3_600.0


@pytest.mark.parametrize("ahead", [5.0, 2 * HOURS, 1_000_000 * HOURS])
async def test_a_time_in_the_future_hides_no_stalled_backlog(
    database_url: str, ahead: float
) -> None:
    activity = await seen(database_url, (90.0, 60.0), (-ahead, 61.0))
    assert activity.last_event_age == pytest.approx(90, abs=20)
    assert longest_wait(make_snapshot(ready=5, activity=activity), None) == activity.occurred_age


async def test_of_clocks_that_are_all_wrong_only_ours_tells(database_url: str) -> None:
    activity = await seen(database_url, (-2 * HOURS, 60.0), (99_999 * HOURS, 61.0))
    assert activity.last_event_age == pytest.approx(60, abs=20)
    assert longest_wait(make_snapshot(ready=5, activity=activity), None) is None
    assert (activity.lag_p50, activity.absurd_clocks, activity.absurd_sources) == (0, 1, ["reg"])


async def test_what_no_partition_of_a_month_takes_is_seen(database_url: str) -> None:
    await seen(database_url, (90.0, 60.0), (99_999 * HOURS, 61.0), (99_999 * HOURS, 25 * HOURS))
    settings = make_settings("amqp://unused", database_url)
    async with new_pool(settings, url=database_url, application="test") as pool:
        outside = (await database.look(pool, database_url)).partitions
        assert (list(outside.missing), outside.outside) == ([], 1)
        assert outside.newest_age == pytest.approx(61, abs=20)
        ahead = "SELECT partition FROM event_partitions WHERE parent = 'geo_events'"
        for row in await pool.fetch(f"{ahead} AND until > now()"):
            await pool.execute(f"DROP TABLE {row[0]}")
        missing = (await database.look(pool, database_url)).partitions.missing
    assert missing == ["geo_events"]


async def test_a_registry_long_out_of_reach_is_believed(database_url: str) -> None:
    activity = await seen(database_url, (100 * 24 * HOURS, 1.0))
    assert activity.absurd_clocks == 0
    assert activity.lag_p50 == pytest.approx(100 * 24 * HOURS, abs=9)
