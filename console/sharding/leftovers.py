"""What is left in a shard that nobody consumes goes to the first one."""

import asyncio
from collections.abc import Sequence
from typing import Final

from console.sharding.errors import ShardsError
from console.sharding.shard import ANSWER
from shared.amqp.channel import Channel
from shared.amqp.contents import Delivery
from shared.amqp.errors import broker_errors
from shared.amqp.message import Message
from shared.amqp.shards import queue_of
from shared.amqp.topology import EVENTS_EXCHANGE, plain

_PREFETCHED: Final = 500
# Seconds without a delivery: there is no more, or somebody else consumes it again.
_SILENCE: Final = 1.0
# Of the broker's own story of a message.
_BROKERS: Final = "x-"


async def move(channel: Channel, shard: int) -> int:
    """How many were moved; each is confirmed before it leaves its queue.

    Killed in between, it leaves some that are in both, which are recorded once. Raises ShardsError
    and BrokerAwayError.
    """
    arrived: asyncio.Queue[Sequence[Delivery]] = asyncio.Queue()
    taking = await broker_errors(channel.beside(), ANSWER)
    taking.on_deliveries = arrived.put_nowait
    await broker_errors(taking.underlay.basic_qos(prefetch_count=_PREFETCHED), ANSWER)
    await broker_errors(taking.consume(queue_of(shard)), ANSWER)
    moved = 0
    try:
        while True:
            async with asyncio.timeout(_SILENCE):
                deliveries = await arrived.get()
            # Without a body is what told a worker to let go.
            events = [_moved(one) for one in deliveries if one.body]
            await _publish(channel, events, shard)
            taking.acknowledge(deliveries[-1].tag, and_before=True)
            moved += len(events)
    except TimeoutError:
        return moved
    finally:
        await broker_errors(taking.close(), ANSWER)


def _moved(delivery: Delivery) -> Message:
    return Message(
        EVENTS_EXCHANGE,
        plain(delivery.routing_key),
        delivery.body,
        {
            name: value
            for name, value in delivery.properties.headers.items()
            if isinstance(value, str | int) and not name.startswith(_BROKERS)
        },
    )


async def _publish(channel: Channel, messages: Sequence[Message], shard: int) -> None:
    outcomes = await channel.publishing.publish(messages, deadline=ANSWER)
    if failure := next(filter(None, outcomes), None):
        raise ShardsError(f"what is left in {queue_of(shard)} cannot be moved: {failure}")
