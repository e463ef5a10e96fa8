"""What is recorded reaches the sinks, whatever these do meanwhile."""

import asyncio
import json
from base64 import b64encode
from collections.abc import AsyncIterator

import asyncpg
import pytest

from forward import outbox
from shared.database import Pool
from shared.forward_settings import Sink
from tests.collector import Collector, running_collector
from tests.databases import REFUSE
from tests.factories import make_event
from tests.forwarding import (
    SINKS,
    emptied,
    opened,
    record,
    refused,
    running_forward,
    sink_settings,
)
from tests.waiting import eventually

SNOWPLOW, CLOUDEVENTS = SINKS
CUT = """
SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
WHERE datname = current_database() AND application_name = 'registry-events forward'
"""
EACH = pytest.mark.parametrize("sink", SINKS)


@pytest.fixture
async def collector() -> AsyncIterator[Collector]:
    async with running_collector() as running:
        yield running


@pytest.fixture
async def pool(database_url: str) -> AsyncIterator[Pool]:
    async with opened(database_url) as made:
        yield made


async def test_every_event_reaches_both_sinks_once(
    collector: Collector, pool: Pool, database_url: str
) -> None:
    events = [make_event(target={"tag": "v1"}) for _ in range(250)]
    await record(pool, events, *SINKS)
    # What is recorded already is no event of its own.
    await record(pool, events, *SINKS)
    async with running_forward(database_url, **sink_settings(collector)):
        await emptied(pool)
    assert sorted(collector.ids) == sorted(2 * [event["id"] for event in events])
    assert max(collector.sizes) == 100


async def test_what_is_sent_is_the_verdict(
    collector: Collector, pool: Pool, database_url: str
) -> None:
    await record(pool, [make_event(), make_event(target={"tag": "v1"})], CLOUDEVENTS)
    await record(pool, [make_event("delete")], CLOUDEVENTS)
    async with running_forward(database_url, **sink_settings(collector, CLOUDEVENTS)):
        await emptied(pool)
    rows = {row["event_id"]: row for row in await pool.fetch("SELECT * FROM tracking_events")}
    for one in collector.taken:
        row = rows[one["id"]]
        assert one["type"] == f"container_registry.{row['action']}"
        assert one["data"]["category"] == row["category"]
        assert one["data"]["digest"] == row["digest"]
    actions = [one["type"].partition(".")[2] for one in collector.taken]
    assert sorted(actions) == ["create_repository", "delete_repository", "push_tag"]


async def test_without_a_sink_nothing_is_written(pool: Pool) -> None:
    # A statement would fail.
    await pool.execute("DROP TABLE forward_outbox")
    await record(pool, [make_event()])
    assert await pool.fetchval("SELECT count(*) FROM tracking_events") == 1


async def test_what_is_not_recorded_is_not_forwarded(pool: Pool) -> None:
    await pool.execute(REFUSE.replace("tracking_events", "geo_events").replace("repository", "tag"))
    event = make_event(target={"tag": "team/poison"})
    with pytest.raises(asyncpg.RaiseError):
        await record(pool, [event], *SINKS)
    assert await pool.fetchval("SELECT count(*) FROM forward_outbox") == 0
    await record(pool, [make_event(target={"tag": "v1"})], *SINKS)
    assert await pool.fetchval("SELECT count(*) FROM forward_outbox") == 2


async def test_a_sink_is_shown_who_sends(
    collector: Collector, pool: Pool, database_url: str
) -> None:
    settings = sink_settings(collector, user="us:hunter2@")
    await record(pool, [make_event()], *SINKS)
    header = "Authorization: Bearer hunter3"
    async with running_forward(database_url, **settings, forward_cloudevents_header=header):
        await emptied(pool)
    shown = {headers["Authorization"] for headers in collector.headers}
    assert shown == {"Bearer hunter3", f"Basic {b64encode(b'us:hunter2').decode()}"}


async def test_one_in_each_request_for_who_takes_no_batches(
    collector: Collector, pool: Pool, database_url: str
) -> None:
    await record(pool, [make_event() for _ in range(3)], CLOUDEVENTS)
    settings = sink_settings(collector, CLOUDEVENTS)
    async with running_forward(database_url, **settings, forward_cloudevents_batched=False):
        await emptied(pool)
    types = {headers["Content-Type"] for headers in collector.headers}
    assert (types, collector.sizes) == ({"application/cloudevents+json"}, [1, 1, 1])


@EACH
@pytest.mark.parametrize("status", [302, 401, 404, 408, 429, 500, 503])
async def test_what_a_sink_does_not_take_now_it_gets_later(
    collector: Collector, pool: Pool, database_url: str, sink: Sink, status: int
) -> None:
    await record(pool, [make_event() for _ in range(3)], sink)
    collector.answers = [(status, {"Retry-After": "1", "Location": "/"})] * 2
    async with running_forward(database_url, **sink_settings(collector, sink)):
        await emptied(pool)
    assert collector.sizes == [3, 3, 3]
    assert len(set(collector.ids)) == 3
    assert await pool.fetchval("SELECT count(*) FROM forward_refused") == 0


@EACH
async def test_a_sink_that_hangs_gets_everything_when_it_answers(
    collector: Collector, pool: Pool, database_url: str, sink: Sink
) -> None:
    events = [make_event() for _ in range(3)]
    await record(pool, events, sink)
    collector.is_open.clear()
    settings = sink_settings(collector, sink)
    async with running_forward(database_url, **settings, forward_timeout=0.3):

        async def tried_twice() -> bool:
            return len(collector.sizes) >= 2

        await eventually(tried_twice)
        # Meanwhile workers go on.
        await record(pool, [make_event()], sink)
        collector.is_open.set()
        await emptied(pool)
    assert {event["id"] for event in events} <= set(collector.ids)


async def test_a_sink_that_dies_gets_everything_when_it_is_back(
    collector: Collector, pool: Pool, database_url: str
) -> None:
    settings = sink_settings(collector, SNOWPLOW)
    async with running_forward(database_url, **settings):
        await record(pool, [make_event()], SNOWPLOW)
        await emptied(pool)
        await collector.die()
        await record(pool, [make_event()], SNOWPLOW)
        missing = await not_ready(settings["forward_listen"])
        assert missing["snowplow"].startswith(f"Cannot connect to host 127.0.0.1:{collector.port} ")
        await collector.start()
        await emptied(pool)
    assert len(set(collector.ids)) == 2


async def test_a_database_that_cuts_it_off_before_the_answer_costs_no_event(
    collector: Collector, pool: Pool, database_url: str
) -> None:
    events = [make_event() for _ in range(3)]
    await record(pool, events, SNOWPLOW)
    collector.is_open.clear()
    async with running_forward(database_url, **sink_settings(collector, SNOWPLOW)):

        async def asked() -> bool:
            return bool(collector.sizes)

        await eventually(asked)
        assert await pool.fetchval(CUT) > 0
        collector.is_open.set()
        await emptied(pool)
    # Once before the connection was cut, when nobody could write it down, and once after.
    assert sorted(collector.ids) == sorted(2 * [event["id"] for event in events])


async def not_ready(listen: str) -> dict[str, str]:
    """Wait until it says what it misses."""

    async def missing() -> dict[str, str]:
        reader, writer = await asyncio.open_connection(*listen.split(":"))
        writer.write(b"GET /health/ready HTTP/1.0\r\n\r\n")
        body = (await reader.read()).partition(b"\r\n\r\n")[2]
        writer.close()
        return dict(json.loads(body)["missing"])

    return await eventually(missing)


@EACH
async def test_one_that_is_refused_holds_up_no_other(
    collector: Collector, pool: Pool, database_url: str, sink: Sink
) -> None:
    events = [make_event() for _ in range(70)]
    events[33] = make_event(repository="team/poison")
    await record(pool, events, sink)
    collector.refuses = "team/poison"
    settings = sink_settings(collector, sink)
    async with running_forward(database_url, **settings):
        await emptied(pool)
        (row,) = await refused(pool, 1)
        assert set(collector.ids) == {one["id"] for one in events} - {events[33]["id"]}
        assert (row["sink"], row["cause"]) == (
            sink,
            r"answered 400 Bad Request: no team/poison\x1b[2J",
        )
        collector.refuses = ""
        async with pool.acquire() as connection:
            others = [one for one in SINKS if one is not sink]
            assert await outbox.put_back(connection, others) == 0
            assert await outbox.put_back(connection, [sink]) == 1
        await emptied(pool)
    assert set(collector.ids) == {one["id"] for one in events}
    assert await pool.fetchval("SELECT count(*) FROM forward_refused") == 0


async def test_a_row_that_nobody_can_read_holds_up_no_other(
    collector: Collector, pool: Pool, database_url: str
) -> None:
    await pool.execute("INSERT INTO forward_outbox (sink, event) VALUES ('snowplow', '{}')")
    await record(pool, [make_event()], SNOWPLOW)
    async with running_forward(database_url, **sink_settings(collector, SNOWPLOW)):
        await emptied(pool)
        (row,) = await refused(pool, 1)
    assert row["cause"].startswith("cannot be read: ")
    assert len(collector.taken) == 1


async def test_several_share_the_work_and_send_nothing_twice(
    collector: Collector, pool: Pool, database_url: str
) -> None:
    events = [make_event() for _ in range(600)]
    await record(pool, events, SNOWPLOW)
    # All have a batch in hand before the first is answered.
    collector.is_open.clear()
    one, two = (sink_settings(collector, SNOWPLOW) for _ in range(2))
    async with running_forward(database_url, **one), running_forward(database_url, **two):

        async def both_at_work() -> bool:
            return len(collector.sizes) >= 2

        await eventually(both_at_work)
        collector.is_open.set()
        await emptied(pool)
    assert sorted(collector.ids) == sorted(event["id"] for event in events)
