"""Reading the dead letters' queue so that nothing is taken off it and nothing changes its place.

A look takes every message without settling any, then closes its channel: the broker puts them back
where they were. It looks alone (an exclusive consumer), so that two operators both see all. What
arrives later is followed on a queue of copies.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Final

import aio_pika
import stamina
from aio_pika.abc import AbstractConnection
from aiormq.abc import AbstractChannel, DeliveredMessage
from aiormq.exceptions import ChannelAccessRefused

from console.dead_letters.view import DeadLetter
from shared.amqp import topology

# The largest prefetch that AMQP can say: more than that one look does not see.
LONGEST_LOOK: Final = 65_535
_COPIES_KEPT: Final = 10_000
# Between two messages of one look; the broker sends them without a pause.
_SILENCE: Final = 2.0


@asynccontextmanager
async def connected(url: str) -> AsyncIterator[AbstractConnection]:
    """A connection for reading; the topology exists on it."""
    connection = await aio_pika.connect(
        url, timeout=10, client_properties={"connection_name": "registry-events console"}
    )
    async with connection:
        await topology.declare(await connection.channel())
        yield connection


async def last(connection: AbstractConnection, count: int) -> Sequence[DeadLetter]:
    """The youngest `count` dead letters, oldest first."""
    outer = await connection.channel()
    waiting = await outer.declare_queue(topology.DEAD_QUEUE, passive=True)
    expected = min(waiting.declaration_result.message_count or 0, LONGEST_LOOK)
    if not expected or not count:
        await outer.close()
        return ()
    channel = await outer.get_underlay_channel()
    await channel.basic_qos(prefetch_count=expected)
    return await _look(channel, expected, count)


@stamina.retry(on=ChannelAccessRefused, timeout=60, wait_max=1)
async def _look(channel: AbstractChannel, expected: int, count: int) -> Sequence[DeadLetter]:
    arrived: asyncio.Queue[DeliveredMessage] = asyncio.Queue()
    youngest: deque[DeliveredMessage] = deque(maxlen=count)
    await channel.basic_consume(topology.DEAD_QUEUE, arrived.put, exclusive=True)
    try:
        for _ in range(expected):
            async with asyncio.timeout(_SILENCE):
                youngest.append(await arrived.get())
    except TimeoutError:
        pass  # somebody took some off meanwhile
    finally:
        await channel.close()
    return [DeadLetter.read(message) for message in youngest]


@asynccontextmanager
async def following(connection: AbstractConnection) -> AsyncIterator[AsyncIterator[DeadLetter]]:
    """Every dead letter that arrives from now on, once, beside any number of other readers."""
    outer = await connection.channel()
    copies = await outer.declare_queue(
        exclusive=True, auto_delete=True, arguments={"x-max-length": _COPIES_KEPT}
    )
    await copies.bind(topology.DEAD_EXCHANGE, "#")
    arrived: asyncio.Queue[DeliveredMessage] = asyncio.Queue()
    channel = await outer.get_underlay_channel()
    await channel.basic_consume(copies.name, arrived.put, no_ack=True)

    async def each() -> AsyncIterator[DeadLetter]:
        while True:
            yield DeadLetter.read(await arrived.get())

    yield each()
    await outer.close()
