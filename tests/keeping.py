"""What the stream of kept events has, read by another client than ours."""

import asyncio
from contextlib import suppress

import aio_pika
from aio_pika.abc import AbstractIncomingMessage

from shared.amqp.kept import KEPT_QUEUE
from tests.waiting import eventually

# A reader that begins in the moment in which the stream's process is replaced may hear of no more.
_PATIENCE = 5.0


async def kept(amqp_url: str, count: int) -> list[AbstractIncomingMessage]:
    """All of it, once there are `count` or more."""

    async def enough() -> list[AbstractIncomingMessage]:
        found = await _read(amqp_url, count)
        return found if len(found) >= count else []

    return await eventually(enough)


async def _read(amqp_url: str, count: int) -> list[AbstractIncomingMessage]:
    """What there is when `count` have come, or when no more come."""
    found: list[AbstractIncomingMessage] = []

    async def take(message: AbstractIncomingMessage) -> None:
        await message.ack()
        found.append(message)

    async def enough() -> bool:
        return len(found) >= count

    async with await aio_pika.connect(amqp_url) as connection:
        channel = await connection.channel()
        await channel.set_qos(1000)
        queue = await channel.get_queue(KEPT_QUEUE, ensure=False)
        await queue.consume(take, arguments={"x-stream-offset": "first"})
        with suppress(TimeoutError):
            await eventually(enough, _PATIENCE)
        # What there is beyond would be one too many.
        await channel.get_queue(KEPT_QUEUE)
        await asyncio.sleep(0)
    return found


async def kept_ids(amqp_url: str, count: int) -> list[str]:
    return [str(one.headers["event-id"]) for one in await kept(amqp_url, count)]
