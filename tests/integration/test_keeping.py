"""What is accepted is kept in a stream of a real broker, and no promise is weaker for it."""

import re

import aio_pika
import pytest
from aio_pika.abc import AbstractChannel
from structlog.testing import capture_logs

from console.local.servers.rabbitmq import RabbitMQ
from shared.amqp.kept import KEPT_QUEUE
from shared.amqp.shards import SHARDED_EXCHANGE, declare_queue, keys_of, queue_of
from shared.amqp.topology import EVENTS_QUEUE
from tests.broker_shell import evaluate
from tests.factories import make_envelope, make_event
from tests.keeping import kept, kept_ids
from tests.processes import waiting
from tests.running import Pipeline, running_pipeline
from tests.status import status
from tests.waiting import eventually

KEEP = "7d"
KILL = """
{ok, Queue} = rabbit_amqqueue:lookup(rabbit_misc:r(<<"%s">>, queue, <<"%s">>)),
exit(amqqueue:get_pid(Queue), kill), ok.
"""


async def delete(amqp_url: str, queue: str) -> None:
    async with await aio_pika.connect(amqp_url) as connection:
        channel: AbstractChannel = await connection.channel()
        await channel.queue_delete(queue)


async def post_until_taken(pipeline: Pipeline, event: object) -> None:
    async def taken() -> bool:
        answer = await pipeline.post(make_envelope(event))
        assert answer.status in {200, 503}
        return answer.status == 200

    await eventually(taken)


@pytest.mark.parametrize("shards", [1, 3], ids=["one queue", "three"])
async def test_all_that_is_accepted_is_kept_once(
    amqp_url: str, database_url: str, shards: int
) -> None:
    actions = ["push", "delete", "pull", "mount", "push", "push", "pull"]
    events = [make_event(action, f"team/{n}") for n, action in enumerate(actions)]
    async with running_pipeline(
        amqp_url, database_url, keep=KEEP, shards=shards, pulls=True
    ) as pipeline:
        for event in events:
            assert (await pipeline.post(make_envelope(event))).status == 200
        await pipeline.settled(4)
        await pipeline.settled(2, "pull_counts")
    assert await kept_ids(amqp_url, len(events)) == [event["id"] for event in events]


async def test_a_shard_of_its_own_keeps_nothing_twice(amqp_url: str, database_url: str) -> None:
    events = [make_event(repository=f"team/{n}") for n in range(20)]
    async with running_pipeline(amqp_url, database_url, workers=0, keep=KEEP, shards=3) as pipeline:
        async with await aio_pika.connect(amqp_url) as connection:
            outer = await connection.channel()
            underlay = await outer.get_underlay_channel()
            for shard in (1, 2):
                await declare_queue(underlay, shard)
                for key in keys_of(shard):
                    await underlay.queue_bind(queue_of(shard), SHARDED_EXCHANGE, key)
        assert (await pipeline.post(make_envelope(*events))).status == 200
    there = [await waiting(amqp_url, queue_of(shard)) for shard in range(3)]
    assert sum(there) == len(events)
    assert all(there)
    assert sorted(await kept_ids(amqp_url, 20)) == sorted(event["id"] for event in events)


async def test_without_the_setting_there_is_no_stream(amqp_url: str, database_url: str) -> None:
    async with running_pipeline(amqp_url, database_url, workers=0) as pipeline:
        assert (await pipeline.post(make_envelope(make_event()))).status == 200
    with pytest.raises(aio_pika.exceptions.ChannelNotFoundEntity):
        await waiting(amqp_url, KEPT_QUEUE)


async def test_a_stream_that_is_not_wanted_any_more_is_left_alone(
    amqp_url: str, database_url: str
) -> None:
    before, after = make_event(), make_event()
    for event, settings in ((before, {"keep": KEEP}), (after, {})):
        async with running_pipeline(amqp_url, database_url, workers=0, **settings) as pipeline:
            assert (await pipeline.post(make_envelope(event))).status == 200
    assert await kept_ids(amqp_url, 1) == [before["id"]]


async def test_what_only_the_stream_has_is_not_accepted(amqp_url: str, database_url: str) -> None:
    """The work queue is deleted under ingest: its next answer is no 200 for nothing."""
    async with running_pipeline(amqp_url, database_url, workers=0, keep=KEEP) as pipeline:
        assert (await pipeline.post(make_envelope(make_event()))).status == 200
        await delete(amqp_url, EVENTS_QUEUE)
        for _ in range(5):
            await post_until_taken(pipeline, make_event())
    assert await waiting(amqp_url, EVENTS_QUEUE) == 5


async def test_a_deleted_stream_comes_back(amqp_url: str, database_url: str) -> None:
    async with running_pipeline(amqp_url, database_url, workers=0, keep=KEEP) as pipeline:
        assert (await pipeline.post(make_envelope(make_event()))).status == 200
        await delete(amqp_url, KEPT_QUEUE)
        events = [make_event() for _ in range(5)]
        for event in events:
            await post_until_taken(pipeline, event)
    # What was not confirmed for the stream was sent again, and is kept all the same.
    assert set(await kept_ids(amqp_url, 5)) == {event["id"] for event in events}


async def test_a_killed_stream_costs_no_event(
    amqp_url: str, database_url: str, rabbitmq: RabbitMQ
) -> None:
    """RabbitMQ 3.10 confirms what its process had in hand: a hole in what is kept, not in rows."""
    vhost = amqp_url.rpartition("/")[2]
    events = [make_event() for _ in range(12)]
    async with running_pipeline(amqp_url, database_url, keep=KEEP) as pipeline:
        for number, event in enumerate(events):
            if number % 5 == 1:
                evaluate(rabbitmq, KILL % (vhost, KEPT_QUEUE))
            await post_until_taken(pipeline, event)
        rows = await pipeline.settled(12)
    assert {row["event_id"] for row in rows} == {event["id"] for event in events}
    last = make_event()
    async with running_pipeline(amqp_url, database_url, workers=0, keep=KEEP) as pipeline:
        await post_until_taken(pipeline, last)
    assert last["id"] in await kept_ids(amqp_url, 1)


async def test_another_age_leaves_the_stream_as_it_is(amqp_url: str, database_url: str) -> None:
    events = [make_event(), make_event()]
    with capture_logs() as logs:
        for event, age in zip(events, ("7d", "8d"), strict=True):
            async with running_pipeline(amqp_url, database_url, workers=0, keep=age) as pipeline:
                assert (await pipeline.post(make_envelope(event))).status == 200
    assert await kept_ids(amqp_url, 2) == [event["id"] for event in events]
    (said,) = [one for one in logs if one["event"] == "kept.of_another_age"]
    # RabbitMQ 4.3 says it in milliseconds.
    assert re.search(r"received '691200(s|000)' but current is '604800(s|000)'", said["error"])


async def test_an_age_is_the_same_however_it_is_said(amqp_url: str, database_url: str) -> None:
    for age in ("2d", "48h"):
        async with running_pipeline(amqp_url, database_url, workers=0, keep=age) as pipeline:
            assert (await pipeline.post(make_envelope(make_event()))).status == 200
    assert len(await kept(amqp_url, 2)) == 2


async def test_status_misses_the_stream(amqp_url: str, database_url: str) -> None:
    async with running_pipeline(amqp_url, database_url, workers=0, keep=KEEP):
        assert KEPT_QUEUE not in (await status(amqp_url, database_url, keep=KEEP)).stdout
        await delete(amqp_url, KEPT_QUEUE)
        assert KEPT_QUEUE not in (await status(amqp_url, database_url)).stdout
        assert KEPT_QUEUE in (await status(amqp_url, database_url, keep=KEEP)).stdout
