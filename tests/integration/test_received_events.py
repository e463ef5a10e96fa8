"""Events without a time of their own count once, however often and whenever they come."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from shared.database import Pool, new_pool
from shared.event import Event
from shared.origin import Origin
from shared.partitions.retention import Retention
from tests.partitions import at, kept_up, recorder
from tests.running import make_settings

NOW = datetime.now(UTC)
DERIVED = Origin("prod-harbor", "harbor", "manifest", "derived", "received")
OTHER = Origin("lab-harbor", "harbor", "manifest", "derived", "received")
HEADER = Origin("lab", "gitea", "manifest", "header", "received")
NATIVE = Origin("lab", "zot", "manifest", "native", "received")
MADE = Origin("lab", "zot", "manifest", "received", "received")
ONE = at(NOW)


@pytest.fixture
async def pool(database_url: str) -> AsyncIterator[Pool]:
    settings = make_settings("amqp://unused", database_url)
    async with new_pool(settings, url=database_url, application="test", size=20) as opened:
        yield opened


def received(origin: Origin, *, seconds: float = 0, **changes: str) -> Event:
    """The same request each time, so many seconds later."""
    moment = NOW + timedelta(seconds=seconds)
    return replace(ONE, origin=origin, timestamp=moment, **changes)


@pytest.mark.parametrize(
    "origin", [DERIVED, HEADER, NATIVE], ids=["derived id", "id of a header", "id of the registry"]
)
async def test_a_retry_is_of_the_moment_of_the_first_receipt(pool: Pool, origin: Origin) -> None:
    first, again, later = (received(origin, seconds=seconds) for seconds in (0, 5, 40 * 86_400))
    at_once = await recorder(pool).record([first, again])
    afterwards = await recorder(pool).record([later])
    assert (len(at_once.fresh), at_once.duplicates, len(at_once.conflicts)) == (1, 1, 0)
    assert (len(afterwards.fresh), afterwards.duplicates, len(afterwards.conflicts)) == (0, 1, 0)
    (row,) = await pool.fetch("SELECT occurred_at FROM tracking_events")
    assert row["occurred_at"] == NOW
    assert await pool.fetchval("SELECT last_id FROM geo_event_counter") == 1


async def test_the_same_derived_id_of_two_sources_is_two_events(pool: Pool) -> None:
    events = [received(DERIVED), received(OTHER)]
    for fresh in (2, 0):
        outcome = await recorder(pool).record(events)
        assert (len(outcome.fresh), len(outcome.conflicts)) == (fresh, 0)
    scopes = await pool.fetch("SELECT id_scope FROM tracking_events ORDER BY 1")
    assert [row["id_scope"] for row in scopes] == ["lab-harbor", "prod-harbor"]


async def test_another_content_under_a_received_id_is_a_conflict(pool: Pool) -> None:
    await recorder(pool).record([received(HEADER)])
    outcome = await recorder(pool).record([received(HEADER, seconds=9, tag="v2")])
    assert [one.event.tag for one in outcome.conflicts] == ["v2"]


async def test_ids_made_on_receipt_and_events_with_a_time_leave_no_row(pool: Pool) -> None:
    with_a_time = received(replace(DERIVED, time_from="native"))
    await recorder(pool).record([received(MADE, id="made"), with_a_time, at(NOW)])
    assert await pool.fetchval("SELECT count(*) FROM tracking_events") == 3
    assert await pool.fetchval("SELECT count(*) FROM received_events") == 0


async def test_many_workers_that_take_the_same_at_once_agree(pool: Pool) -> None:
    def copies(shift: int) -> list[Event]:
        return [
            received(DERIVED, seconds=number + shift / 10, id=f"id-{number}")
            for number in range(60)
        ]

    batches = [copies(shift) for shift in range(8)]
    attempts = [*batches, *([*reversed(batch)] for batch in batches)]
    await asyncio.gather(*(recorder(pool).record(batch) for batch in attempts))
    assert await pool.fetchval("SELECT count(*) FROM tracking_events") == 60
    assert await pool.fetchval("SELECT count(*) FROM conflicting_events") == 0
    assert await pool.fetchval("SELECT last_id FROM geo_event_counter") == 60


async def test_an_id_is_kept_as_long_as_its_event_is(pool: Pool) -> None:
    event = received(DERIVED)
    await recorder(pool).record([event])
    kept = Retention(tracking=timedelta(days=60))
    await kept_up(pool, kept, now=NOW + timedelta(days=61))
    assert (await recorder(pool).record([event])).duplicates == 1
    await kept_up(pool, kept, now=NOW + timedelta(days=95))
    assert await pool.fetchval("SELECT count(*) FROM tracking_events") == 0
    assert await pool.fetchval("SELECT count(*) FROM received_events") == 0
