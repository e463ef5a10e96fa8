"""A forward that is killed, or told to end: no sink misses an event."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from shared.forward_settings import Sink
from tests.collector import Collector, running_collector
from tests.factories import make_event
from tests.forwarding import emptied, opened, record, sink_settings
from tests.processes import Processes, post_all, run, variables
from tests.waiting import eventually

EVENTS = 3000
USER = "us:hunter2@"


@pytest.fixture
async def collector() -> AsyncIterator[Collector]:
    async with running_collector() as running:
        yield running


async def test_kill_9_of_a_forward(processes: Processes, collector: Collector) -> None:
    events = [make_event() for _ in range(EVENTS)]
    settings = sink_settings(collector, user=USER)
    async with (
        processes.pipeline(processes.ingest()) as pipeline,
        opened(processes.database_url) as pool,
    ):
        processes.worker(forward=settings["forward"])
        await post_all(pipeline, events)
        for part in (1, 2, 3):
            victim = processes.start("forward", **settings, forward_batch_size=20)
            await sent(collector, part * EVENTS // 4)
            victim.kill()
        assert len(set(collector.ids)) < EVENTS
        last = processes.start("forward", **settings)
        await pipeline.settled(EVENTS)
        await emptied(pool)
        await last.terminate()
    ids = {event["id"] for event in events}
    snowplow = {one["eid"] for one in collector.taken if "eid" in one}
    cloudevents = {one["id"] for one in collector.taken if "id" in one}
    assert snowplow == cloudevents == ids
    assert "hunter2" not in last.log


async def sent(collector: Collector, count: int) -> None:
    async def enough() -> bool:
        return len(set(collector.ids)) >= count

    await eventually(enough)


async def test_sigterm_lets_a_forward_hear_the_answer(
    processes: Processes, collector: Collector
) -> None:
    async with opened(processes.database_url) as pool:
        await record(pool, [make_event() for _ in range(50)], Sink.SNOWPLOW)
        collector.is_open.clear()
        settings = sink_settings(collector, Sink.SNOWPLOW)
        forward = processes.start("forward", **settings, forward_batch_size=20)

        async def asked() -> bool:
            return bool(collector.sizes)

        async def draining() -> bool:
            return "forward.draining" in forward.log

        await eventually(asked)
        ending = asyncio.ensure_future(forward.terminate())
        await eventually(draining)
        collector.is_open.set()
        await ending
        # What was answered is not sent again, and nothing else was begun.
        assert await pool.fetchval("SELECT count(*) FROM forward_outbox") == 30
    assert len(collector.taken) == 20


async def test_a_sink_that_is_away_is_told_without_its_password(
    processes: Processes, collector: Collector
) -> None:
    settings = sink_settings(collector, Sink.SNOWPLOW, user=USER)
    async with opened(processes.database_url) as pool:
        await record(pool, [make_event()], Sink.SNOWPLOW)
        await collector.die()
        forward = processes.start("forward", **settings)

        async def said() -> bool:
            return "retry.scheduled" in forward.log

        await eventually(said)
        assert '"sink": "snowplow"' in forward.log
        assert "hunter2" not in forward.log
        await collector.start()
        await emptied(pool)


async def test_what_was_refused_is_put_back(processes: Processes, collector: Collector) -> None:
    settings = variables(**sink_settings(collector, Sink.SNOWPLOW))
    asked = ("forward", "--retry-refused")
    urls = {"DATABASE_URL": processes.database_url}
    none = await asyncio.to_thread(run, *asked, **urls, **settings)
    assert (none.returncode, none.stdout) == (0, "0 events wait again\n")
    async with opened(processes.database_url) as pool:
        await pool.execute("""
            INSERT INTO forward_refused (sink, id, event, recorded_at, cause)
            VALUES ('snowplow', 1, '{}', now(), 'x'), ('cloudevents', 2, '{}', now(), 'x')
        """)
        one = await asyncio.to_thread(run, *asked, **urls, **settings)
        assert (one.returncode, one.stdout) == (0, "1 event waits again\n")
        assert await pool.fetchval("SELECT sink FROM forward_outbox") == "snowplow"
        assert await pool.fetchval("SELECT sink FROM forward_refused") == "cloudevents"


def test_it_says_what_it_needs() -> None:
    urls = {"DATABASE_URL": "postgresql://127.0.0.1:1/x"}
    unnamed = run("forward", **urls)
    assert unnamed.returncode == 2
    assert "REGISTRY_EVENTS_FORWARD: is not set" in unnamed.stderr
    unreachable = run("forward", **urls, **variables(forward="snowplow,cloudevents"))
    assert unreachable.returncode == 2
    for name in ("SNOWPLOW", "CLOUDEVENTS"):
        assert f"REGISTRY_EVENTS_FORWARD_{name}_URL: is not set" in unreachable.stderr
    other = run("config", "check", **urls, **variables(forward="segment"))
    assert "REGISTRY_EVENTS_FORWARD: Input should be 'snowplow' or 'cloudevents'" in other.stderr
    only = ("config", "check", "--only", "forward")
    assert run(*only, **urls, **variables(forward="snowplow")).returncode == 2
    reached = variables(forward="snowplow", forward_snowplow_url="http://u:p@c")
    assert run(*only, **urls, **reached).returncode == 0
