"""What stands in the broker, and what it does with what nobody asked for."""

import asyncio
from collections.abc import AsyncIterator

import aio_pika
import pytest
from aio_pika.abc import AbstractChannel, AbstractIncomingMessage

from shared.amqp import topology
from shared.amqp.connection import Connection
from shared.amqp.message import Message
from shared.amqp.publisher import ConfirmedPublisher, PublishFailedError
from shared.amqp.topology import TopologyConflictError, declare
from shared.message_size import LARGEST_MESSAGE
from shared.service import background
from tests.factories import make_envelope, make_event
from tests.running import running_pipeline
from tests.waiting import eventually


@pytest.fixture
async def channel(amqp_url: str) -> AsyncIterator[AbstractChannel]:
    async with await aio_pika.connect(amqp_url) as connection:
        yield await connection.channel()


async def test_declaring_twice_is_the_same(channel: AbstractChannel) -> None:
    await declare(channel)
    await declare(channel)


@pytest.mark.parametrize("name", [topology.EVENTS_QUEUE, topology.DEAD_QUEUE])
async def test_a_queue_with_other_arguments_says_what_to_do(
    amqp_url: str, channel: AbstractChannel, name: str
) -> None:
    await channel.declare_queue(name, durable=True, arguments={"x-queue-type": "quorum"})
    with pytest.raises(TopologyConflictError, match="rabbitmqctl delete_queue"):
        await Connection(amqp_url, name="test", heartbeat=10).run()


async def test_unsupported_actions_are_dropped_unless_somebody_binds(
    amqp_url: str, database_url: str, channel: AbstractChannel
) -> None:
    await declare(channel)
    mine = await channel.declare_queue(exclusive=True)
    await mine.bind(topology.EVENTS_EXCHANGE, "event.pull")
    events = [make_event("pull"), make_event("mount"), make_event("push")]
    async with running_pipeline(amqp_url, database_url) as pipeline:
        answer = await pipeline.post(make_envelope(*events))
        assert answer.json == {"accepted": 3, "dead_lettered": 0}
        (row,) = await pipeline.settled(1)
    assert row["event_id"] == events[2]["id"]
    message = await mine.get(no_ack=True)
    assert message
    assert message.headers["event-id"] == events[0]["id"]
    assert await mine.get(no_ack=True, fail=False) is None


async def test_a_message_is_persistent_and_its_id_is_fresh(
    amqp_url: str, database_url: str, channel: AbstractChannel
) -> None:
    event = make_event()
    async with running_pipeline(amqp_url, database_url, workers=0) as pipeline:
        for _ in range(2):
            await pipeline.post(make_envelope(event), traceparent="00-1-2-01")
    queue = await channel.get_queue(topology.EVENTS_QUEUE)

    async def arrived() -> AbstractIncomingMessage | None:
        return await queue.get(no_ack=True, fail=False)

    first, second = await eventually(arrived), await eventually(arrived)
    assert first
    assert second
    assert first.body == second.body
    assert first.message_id != second.message_id
    assert (first.delivery_mode, first.headers["traceparent"]) == (2, "00-1-2-01")
    assert first.headers["source"] == "registry-1:5000"


async def test_what_no_queue_takes_is_a_failure(amqp_url: str) -> None:
    connection = Connection(amqp_url, name="test", heartbeat=10)
    publisher = ConfirmedPublisher(connection)
    nowhere = [Message(topology.EVENTS_EXCHANGE, "event.nowhere", b"{}") for _ in range(5)]
    async with background(asyncio.Event(), connection.run()):

        async def connected() -> bool:
            return connection.channel is not None

        for messages in (nowhere[:1], nowhere):
            # It connects anew after each, to declare again what may be missing.
            await eventually(connected)
            with pytest.raises(PublishFailedError, match="returned"):
                await publisher.publish(messages, deadline=10)
        await eventually(connected)
        good = Message(topology.EVENTS_EXCHANGE, "event.push", b"{}")
        await publisher.publish([good] * 3, deadline=10)


async def test_the_largest_message_is_taken_and_a_larger_one_harms_no_other(amqp_url: str) -> None:
    largest = Message(topology.DEAD_EXCHANGE, "event", b" " * LARGEST_MESSAGE)
    larger = largest._replace(body=largest.body + b" ")
    other = largest._replace(body=b"{}")
    connection = Connection(amqp_url, name="test", heartbeat=10)
    publisher = ConfirmedPublisher(connection)
    async with background(asyncio.Event(), connection.run()):

        async def connected() -> bool:
            return connection.channel is not None

        await eventually(connected)
        channel = connection.channel
        with pytest.raises(PublishFailedError, match="more than a broker takes") as refused:
            await publisher.publish([other, larger, largest], deadline=30)
        assert refused.value.unconfirmed == [larger]
        assert connection.channel is channel
