"""The broker or the database is away: nothing is lost, and everything goes on by itself."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

import asyncpg

from console.local.servers.postgres import Postgres
from console.local.servers.rabbitmq import RabbitMQ
from tests.factories import make_envelope, make_event
from tests.running import Pipeline, running_pipeline
from tests.waiting import eventually


@contextmanager
def stopped(server: Postgres | RabbitMQ) -> Iterator[None]:
    # Not killed: a queue that was declared a moment ago would not survive it.
    server.stop()
    try:
        yield
    finally:
        server.start()


@contextmanager
def frozen(server: RabbitMQ) -> Iterator[None]:
    server.pause()
    try:
        yield
    finally:
        server.resume()


async def missing(pipeline: Pipeline, address: str) -> dict[str, str]:
    async with pipeline.http.get(f"http://{address}/health/ready") as response:
        found: dict[str, str] = (await response.json())["missing"]
        assert response.status == (503 if found else 200)
        return found


async def test_while_the_broker_is_away_ingest_answers_503_and_then_goes_on(
    rabbitmq: RabbitMQ, amqp_url: str, database_url: str
) -> None:
    before, after = make_event(), make_event()
    async with running_pipeline(amqp_url, database_url) as pipeline:
        await pipeline.post(make_envelope(before))
        await pipeline.settled(1)
        with stopped(rabbitmq):
            answer = await pipeline.post(make_envelope(after))
            assert (answer.status, answer.headers["Retry-After"]) == (503, "1")
            assert "broker" in await missing(pipeline, pipeline.settings.ingest_listen)
            assert "broker" in await missing(pipeline, pipeline.settings.worker_listen)
            async with pipeline.http.get(pipeline.url + "/health/live") as response:
                assert response.status == 200

        async def accepted() -> bool:
            return (await pipeline.post(make_envelope(after))).status == 200

        await eventually(accepted)
        rows = await pipeline.settled(2)
        assert await missing(pipeline, pipeline.settings.worker_listen) == {}
    assert {row["event_id"] for row in rows} == {before["id"], after["id"]}


async def test_what_a_frozen_broker_does_not_confirm_in_time_is_503_and_then_taken(
    rabbitmq: RabbitMQ, amqp_url: str, database_url: str
) -> None:
    event = make_event()
    async with running_pipeline(amqp_url, database_url) as pipeline:
        with frozen(rabbitmq):
            for _ in range(5):
                answer = await pipeline.post(make_envelope(event))
                assert (answer.status, answer.headers["Retry-After"]) == (503, "1")
            assert "broker" in await missing(pipeline, pipeline.settings.ingest_listen)

        async def accepted() -> bool:
            return (await pipeline.post(make_envelope(event))).status == 200

        await eventually(accepted)
        (row,) = await pipeline.settled(1)
    assert row["event_id"] == event["id"]


async def test_while_the_database_is_away_the_worker_holds_and_then_goes_on(
    postgres: Postgres, amqp_url: str, database_url: str
) -> None:
    events = [make_event() for _ in range(20)]
    async with running_pipeline(amqp_url, database_url, database_timeout=2.0) as pipeline:
        await pipeline.post(make_envelope(events[0]))
        await pipeline.settled(1)
        await pipeline.database.close()
        with stopped(postgres):
            for event in events[1:]:
                assert (await pipeline.post(make_envelope(event))).status == 200
            assert "database" in await missing(pipeline, pipeline.settings.worker_listen)
            assert await missing(pipeline, pipeline.settings.ingest_listen) == {}
        pipeline.database = await asyncpg.connect(database_url)
        rows = await pipeline.settled(20)
        await pipeline.database.close()
    assert {row["event_id"] for row in rows} == {event["id"] for event in events}


async def test_services_that_start_before_their_broker_wait_for_it(
    rabbitmq: RabbitMQ, amqp_url: str, database_url: str
) -> None:
    async def start_and_push() -> None:
        async with running_pipeline(amqp_url, database_url) as pipeline:
            assert (await pipeline.post(make_envelope(make_event()))).status == 200
            await pipeline.settled(1)

    with stopped(rabbitmq):
        pushed = asyncio.ensure_future(start_and_push())
        done, _ = await asyncio.wait({pushed}, timeout=1)
        assert not done
    await pushed
