"""Workers and ingests end, wanted or not, and nothing is lost or counted twice."""

import asyncio
from collections.abc import Sequence
from typing import Any

import aiohttp

from shared.amqp.topology import DEAD_QUEUE, EVENTS_QUEUE, PULLS_QUEUE
from tests.factories import make_envelope, make_event
from tests.processes import Processes, post_all, waiting
from tests.running import Pipeline
from tests.waiting import eventually

EVENTS = 5000
SENDERS = 8
BLOCKED = """
SELECT count(*) FROM pg_locks WHERE relation = 'tracking_events'::regclass AND NOT granted
"""


async def test_kill_9_of_a_worker(processes: Processes) -> None:
    events = [make_event() for _ in range(EVENTS)]
    async with processes.pipeline(processes.ingest()) as pipeline:
        await post_all(pipeline, events)
        worker = processes.worker(worker_batch_size=20)
        await pipeline.settled(200)
        worker.kill()
        assert len(await pipeline.rows()) < EVENTS
        await check_recorded(processes, pipeline, events)


async def test_kill_9_of_a_worker_that_counts_pulls(processes: Processes) -> None:
    pulls = [make_event("pull", f"team/app-{number % 9}") for number in range(EVENTS)]
    async with processes.pipeline(processes.ingest(pulls=True)) as pipeline:
        # They come twice: the registry did not hear of the first answer.
        await post_all(pipeline, pulls)
        await post_all(pipeline, pulls)
        worker = processes.worker(pulls=True, worker_batch_size=20)
        await pipeline.settled(1, "pull_counts")
        worker.kill()
        second = processes.worker(pulls=True)

        async def taken() -> bool:
            return not await waiting(processes.amqp_url, PULLS_QUEUE)

        await eventually(taken)
        await second.terminate()
        assert await waiting(processes.amqp_url, PULLS_QUEUE) == 0
        counted = "SELECT sum(manifest_gets + manifest_heads)::int FROM pull_counts"
        assert await pipeline.database.fetchval(counted) == EVENTS


async def test_sigterm_of_a_worker(processes: Processes) -> None:
    events = [make_event() for _ in range(EVENTS)]
    async with processes.pipeline(processes.ingest()) as pipeline:
        await post_all(pipeline, events)
        worker = processes.worker(worker_batch_size=20)
        await pipeline.settled(200)
        await worker.terminate()

        async def in_rows_or_queue() -> bool:
            rows, left = await pipeline.rows(), await waiting(processes.amqp_url, EVENTS_QUEUE)
            return len(rows) + left == EVENTS and left > 0

        # What it recorded it has acknowledged, what not is back.
        await eventually(in_rows_or_queue)
        await check_recorded(processes, pipeline, events)


async def test_sigterm_lets_a_worker_finish_what_is_in_hand(processes: Processes) -> None:
    async with processes.pipeline(processes.ingest()) as pipeline:
        worker = processes.worker()

        async def blocked() -> bool:
            return bool(await pipeline.database.fetchval(BLOCKED))

        async def draining() -> bool:
            return "worker.draining" in worker.log

        async with pipeline.database.transaction():
            await pipeline.database.execute("LOCK TABLE tracking_events IN SHARE MODE")
            await post_all(pipeline, [make_event()])
            await eventually(blocked)
            ending = asyncio.ensure_future(worker.terminate())
            await eventually(draining)
        await ending
        assert len(await pipeline.rows()) == 1
    assert await waiting(processes.amqp_url, EVENTS_QUEUE) == 0


async def test_sigterm_of_an_ingest(processes: Processes) -> None:
    ingest = processes.ingest()
    sent: list[Any] = []
    async with processes.pipeline(ingest) as pipeline:
        senders = [asyncio.ensure_future(send(pipeline, sent)) for _ in range(SENDERS)]

        async def under_load() -> bool:
            return len(sent) >= 200

        await eventually(under_load)
        await ingest.terminate()
        await asyncio.gather(*senders)
        # Those whose answers were lost with their connections may have been taken too.
        in_queue = await waiting(processes.amqp_url, EVENTS_QUEUE)
        assert len(sent) <= in_queue <= len(sent) + SENDERS
        processes.worker()
        rows = await pipeline.settled(in_queue)
    assert {event["id"] for event in sent} <= {row["event_id"] for row in rows}
    assert await waiting(processes.amqp_url, DEAD_QUEUE) == 0


async def send(pipeline: Pipeline, sent: list[Any]) -> None:
    """Post until there is no ingest; `sent` gets what was answered 200."""
    while True:
        event = make_event()
        try:
            answer = await pipeline.post(make_envelope(event))
        except aiohttp.ClientError:
            return
        if answer.status == 200:
            sent.append(event)


async def check_recorded(processes: Processes, pipeline: Pipeline, events: Sequence[Any]) -> None:
    """Let another worker finish, and see that each is recorded once."""
    worker = processes.worker()
    rows = await pipeline.settled(len(events))
    geo = await pipeline.rows("geo_events")
    assert len(rows) == len(events)
    assert {row["event_id"] for row in rows} == {event["id"] for event in events}
    assert [row["id"] for row in geo] == list(range(1, len(events) + 1))
    await worker.terminate()
    assert await waiting(processes.amqp_url, EVENTS_QUEUE) == 0
    assert await waiting(processes.amqp_url, DEAD_QUEUE) == 0
