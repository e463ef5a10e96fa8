"""The queues that a worker takes from: the first one, and each shard beside it.

Every shard has a channel of its own, so that one whose leader is silent keeps none of the others
waiting. Who takes a shard back, once nothing more comes to it, sends a message without a body: who
gets it lets go of the queue.
"""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from functools import partial
from itertools import count
from typing import Final

from aiormq.exceptions import AMQPError, ChannelNotFoundEntity

from shared.amqp.channel import Channel
from shared.amqp.contents import Delivery
from shared.amqp.errors import BrokerAwayError, broker_errors
from shared.amqp.shards import declare_queue, queue_of
from shared.logs import get_logger
from worker.consuming.consumer import Consumer

# Seconds for one queue to answer, and until it is tried again.
_ANSWER: Final = 5.0
_BETWEEN: Final = 5.0


class Shards:
    """Consumes `number` queues, and whatever more there are when it connects.

    With 0, `queue` is no shard, and alone. Give `opened` to the connection.
    """

    def __init__(self, consumer: Consumer, queue: str, number: int) -> None:
        self._consumer = consumer
        self._queue = queue
        self._number = number
        self._first: Channel | None = None
        self._wanted: set[int] = set()
        self._open: dict[int, Channel] = {}
        self._is_fresh = False
        self._changed = asyncio.Event()
        self._closing: set[asyncio.Future[None]] = set()

    async def opened(self, channel: Channel) -> None:
        """Consume on a fresh connection, whose first channel this is."""
        self._consumer.turns.clear()
        self._first, self._open, self._wanted = None, {}, set(range(1, self._number))
        await self._consumer.consume(channel, self._queue)
        self._first, self._is_fresh = channel, True
        self._changed.set()

    async def run(self) -> None:
        """Consume the shards, for ever. Raises TopologyConflictError."""
        while True:
            missing = self._wanted - self._open.keys()
            with suppress(TimeoutError):
                async with asyncio.timeout(_BETWEEN if missing else None):
                    await self._changed.wait()
            self._changed.clear()
            first = self._first
            if first is None or first.underlay.is_closed:
                continue
            is_fresh, self._is_fresh = self._is_fresh, False
            missing = self._wanted - self._open.keys()
            await asyncio.gather(*(self._consume(first, shard) for shard in missing))
            if is_fresh and self._number:
                await self._find_surplus(first)

    async def _find_surplus(self, first: Channel) -> None:
        """Those that somebody has not taken back yet, or that others know of already."""
        for shard in count(self._number):
            if not await self._consume(first, shard):
                return
            get_logger().warning("shard.surplus", queue=queue_of(shard))

    async def _consume(self, first: Channel, shard: int) -> bool:
        """Whether it is consumed; one of those that are not wanted only if it exists."""
        channel: Channel | None = None
        try:
            channel = await broker_errors(first.beside(), _ANSWER)
            await broker_errors(self._start(channel, shard), _ANSWER)
        except BrokerAwayError as error:
            if not isinstance(error.__cause__, ChannelNotFoundEntity):
                get_logger().warning("shard.away", queue=queue_of(shard), error=str(error))
            if channel:
                self._end(channel)
            return False
        if first is not self._first:
            return False
        self._wanted.add(shard)
        self._open[shard] = channel
        channel.underlay.closing.add_done_callback(lambda _: self._lost(shard, channel))
        return True

    async def _start(self, channel: Channel, shard: int) -> None:
        if shard in self._wanted:
            await declare_queue(channel.underlay, shard)
        else:
            await channel.underlay.queue_declare(queue_of(shard), passive=True)
        take = partial(self._take, shard, channel)
        await self._consumer.consume(channel, queue_of(shard), take)

    def _take(self, shard: int, channel: Channel, deliveries: Sequence[Delivery]) -> None:
        end = next((one for one in deliveries if not one.body), None)
        if end is None:
            self._consumer.take(channel, deliveries)
            return
        get_logger().info("shard.ended", queue=queue_of(shard))
        self._wanted.discard(shard)
        channel.acknowledge(end.tag)
        self._end(channel)

    def _end(self, channel: Channel) -> None:
        """What it has in hand comes again, to somebody."""
        self._consumer.turns.close(channel)
        closing = asyncio.ensure_future(_close(channel))
        self._closing.add(closing)
        closing.add_done_callback(self._closing.discard)

    def _lost(self, shard: int, channel: Channel) -> None:
        self._consumer.turns.close(channel)
        if self._open.get(shard) is channel:
            del self._open[shard]
            self._changed.set()


async def _close(channel: Channel) -> None:
    with suppress(AMQPError, OSError, RuntimeError, TimeoutError):
        await channel.close()
