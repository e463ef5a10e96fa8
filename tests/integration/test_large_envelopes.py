"""A large envelope and a small notification beside it."""

import asyncio

import aio_pika

from shared.amqp import topology
from shared.amqp.connection import Connection
from shared.amqp.message import Message
from shared.amqp.publisher import ConfirmedPublisher
from shared.service import background
from tests.waiting import eventually

MANY = 1_000


async def test_a_single_message_does_not_wait_for_many_that_were_begun_before(
    amqp_url: str,
) -> None:
    connection = Connection(amqp_url, name="a test's", heartbeat=10)
    publisher = ConfirmedPublisher(connection)

    async def connected() -> bool:
        return connection.channel is not None

    def message(body: bytes) -> Message:
        return Message(topology.EVENTS_EXCHANGE, "event.push", body)

    async with background(asyncio.Event(), connection.run()):
        await eventually(connected)
        many = asyncio.ensure_future(publisher.publish([message(b"of many")] * MANY, deadline=30))
        for _ in range(3):
            # Its messages are on their way before any confirm can be.
            await asyncio.sleep(0)
        await publisher.publish([message(b"single")], deadline=30)
        await many
    async with await aio_pika.connect(amqp_url) as reading:
        queue = await (await reading.channel()).get_queue(topology.EVENTS_QUEUE)
        bodies = [(await queue.get(no_ack=True)).body for _ in range(MANY + 1)]
    assert bodies.count(b"of many") == MANY
    assert 0 < bodies.index(b"single") < MANY // 2
