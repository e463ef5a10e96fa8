"""A notification answered 503 is sent again: none of its dead letters stands there twice."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import aio_pika
from prometheus_client.parser import text_string_to_metric_families
from yarl import URL

from shared.amqp import topology
from tests.drills.proxy import Proxy
from tests.factories import make_envelope, make_event
from tests.running import Pipeline, running_pipeline
from tests.waiting import eventually

# More than are begun within the deadline, fewer than a look at the queue holds.
MANY = 990
SLOW = 0.05
INVALID = [{"id": f"invalid-{number}"} for number in range(MANY)]


@asynccontextmanager
async def behind_a_slow_network(
    amqp_url: str, database_url: str, *, deadline: float = 5 * SLOW
) -> AsyncIterator[Pipeline]:
    async with Proxy(URL(amqp_url).port or 0, delay=SLOW).running() as proxy:
        slow_url = str(URL(amqp_url).with_port(proxy.port))
        async with running_pipeline(
            slow_url, database_url, workers=0, ingest_deadline=deadline
        ) as pipeline:
            yield pipeline


async def until_taken(pipeline: Pipeline, body: bytes) -> Sequence[int]:
    """Repeat as a registry does; every answer's status."""
    statuses = []

    async def taken() -> bool:
        statuses.append((await pipeline.post(body)).status)
        return statuses[-1] == 200

    await eventually(taken)
    return statuses


async def counted(pipeline: Pipeline) -> tuple[float, float]:
    """Dead letters by both metrics that count them."""
    async with pipeline.http.get(pipeline.url + "/metrics") as response:
        families = text_string_to_metric_families(await response.text())
    samples = [sample for family in families for sample in family.samples]
    by_reason = [one for one in samples if one.name == "registry_events_dead_letters_total"]
    by_outcome = [one for one in samples if one.labels.get("outcome") == "dead_lettered"]
    return (
        sum(one.value for one in by_reason),
        sum(one.value for one in by_outcome if one.name.endswith("_total")),
    )


async def test_the_dead_letters_of_a_notification_that_was_late_stand_there_once(
    amqp_url: str, database_url: str
) -> None:
    body = make_envelope(make_event(), *INVALID[1:], make_event())
    # Long enough for some of them on a machine that is busy, and too short for all.
    async with behind_a_slow_network(amqp_url, database_url, deadline=10 * SLOW) as pipeline:
        # The first message of a new queue takes RabbitMQ 4.0 longer than the deadline.
        await until_taken(pipeline, make_envelope(make_event(), INVALID[0]))
        assert (await pipeline.post(body)).status == 503
        left = len(await pipeline.dead_letters(2))
        assert await counted(pipeline) == (left, left)
        assert set(await until_taken(pipeline, body)) <= {200, 503}
        dead = await pipeline.dead_letters(MANY)
        assert len(dead) == len({one.body for one in dead}) == MANY
        assert await counted(pipeline) == (MANY, MANY)


async def test_a_repeat_that_comes_before_the_answer_leaves_no_copies(
    amqp_url: str, database_url: str
) -> None:
    body = make_envelope(*INVALID)
    async with behind_a_slow_network(amqp_url, database_url) as pipeline:
        first = asyncio.ensure_future(pipeline.post(body))
        await pipeline.dead_letters(1)
        await until_taken(pipeline, body)
        await first
        assert len(await pipeline.dead_letters(MANY)) == MANY


async def test_an_answer_that_came_too_late_for_its_registry_leaves_no_copies(
    amqp_url: str, database_url: str
) -> None:
    body = make_envelope({"id": "invalid"})
    # Less than the way to the broker and back.
    async with behind_a_slow_network(amqp_url, database_url, deadline=SLOW) as pipeline:
        for _ in range(2):
            answer = await pipeline.post(body)
            assert (answer.status, answer.json) == (200, {"accepted": 0, "dead_lettered": 1})
        assert len(await pipeline.dead_letters(1)) == 1


async def test_while_an_event_is_not_taken_no_dead_letter_is_left(
    amqp_url: str, database_url: str
) -> None:
    body = make_envelope({"id": "invalid"}, make_event())
    async with (
        running_pipeline(amqp_url, database_url, workers=0) as pipeline,
        await aio_pika.connect(amqp_url) as connection,
    ):
        channel = await connection.channel()
        await channel.queue_delete(topology.EVENTS_QUEUE)
        assert (await pipeline.post(body)).status == 503
        await until_taken(pipeline, body)
        assert len(await pipeline.dead_letters(1)) == 1
        assert await counted(pipeline) == (1, 1)


async def test_the_same_body_again_after_its_answer_is_another_dead_letter(
    amqp_url: str, database_url: str
) -> None:
    body = make_envelope({"id": "invalid"})
    async with running_pipeline(amqp_url, database_url, workers=0) as pipeline:
        for _ in range(2):
            assert (await pipeline.post(body)).status == 200
        assert len(await pipeline.dead_letters(2)) == 2
