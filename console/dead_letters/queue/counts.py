"""How many messages a queue has ready."""

import asyncio
from typing import Final

from aio_pika.abc import AbstractConnection
from aiormq.abc import AbstractChannel
from aiormq.exceptions import ChannelNotFoundEntity
from pamqp.commands import Queue

from console.words.away import ANSWER
from shared.amqp.errors import BrokerAwayError, broker_errors
from shared.amqp.topology import DEAD_QUEUE

# With a broker that is there, and is watched meanwhile: it may be at work on a large queue.
PATIENCE: Final = 30.0
_BETWEEN: Final = 0.05
_TIMES: Final = 20

Declared = Queue.DeclareOk


async def ready(channel: AbstractChannel, queue: str = DEAD_QUEUE) -> int:
    """How many messages of a queue no consumer has. Raises BrokerAwayError."""
    declared = await broker_errors(channel.queue_declare(queue, passive=True), PATIENCE)
    return declared.message_count or 0


async def deserted(channel: AbstractChannel) -> bool:
    """Whether nothing is ready and nobody has anything in hand. Raises BrokerAwayError.

    The broker lets go of a consumer in the moment in which it puts back what that one held.
    """
    declared = await broker_errors(channel.queue_declare(DEAD_QUEUE, passive=True), PATIENCE)
    return not (declared.message_count or declared.consumer_count)


async def dead_letters(connection: AbstractConnection) -> int:
    """How many dead letters no consumer has. Raises BrokerAwayError."""
    channel = await broker_errors(connection.channel(), ANSWER)
    queue = await broker_errors(channel.declare_queue(DEAD_QUEUE, passive=True), ANSWER)
    return queue.declaration_result.message_count or 0


async def declared(connection: AbstractConnection, queue: str) -> Declared | None:
    """What the broker says of a queue, None if there is none. Raises BrokerAwayError."""
    channel = await broker_errors(connection.channel(), ANSWER)
    try:
        found = await broker_errors(channel.declare_queue(queue, passive=True), ANSWER)
    except BrokerAwayError as error:
        # The broker has closed the channel.
        if isinstance(error.__cause__, ChannelNotFoundEntity):
            return None
        raise
    await broker_errors(channel.close(), ANSWER)
    return found.declaration_result


async def steady(channel: AbstractChannel) -> int:
    """`ready` once it stands still: what a killed look held comes back after its lock is free."""
    count, before = await ready(channel), -1
    for _ in range(_TIMES):
        if count == before:
            break
        await asyncio.sleep(_BETWEEN)
        count, before = await ready(channel), count
    return count
