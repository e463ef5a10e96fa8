"""Consumers of one channel that share a quorum queue in turn, so that it keeps its order.

Measured with RabbitMQ 3.10:

- What several consumers of a channel hold comes back in the order of their tags, also after a
  kill, if they are 32 or fewer: so they share the queue in large, consecutive parts.
- A delivery on its way to a consumer that is cancelled comes back at once, out of order. So one is
  cancelled only when it holds all it may, and nothing of it is settled before.
- A channel that settles fast keeps some of it back until the queue has answered, and forgets that
  when it closes. Starting and ending a consumer waits for the queue's answer: twice, and all of it
  is through.
"""

from collections.abc import Iterable
from typing import Final

from console.dead_letters.queue.counts import PATIENCE
from shared.amqp.channel import Channel
from shared.amqp.errors import broker_errors
from shared.amqp.topology import DEAD_QUEUE

_MOST: Final = 24
_LARGEST: Final = 65_535
_ANSWERS: Final = 2


class Consumers:
    """`seen` is how many deliveries the channel has had, which is also the tag of the last."""

    def __init__(self, channel: Channel, prefetch: int) -> None:
        self._channel = channel
        self._prefetch = prefetch
        self._count = 0
        self._seen_before = 0
        self._settled_here = 0

    @property
    def started(self) -> bool:
        return self._count > 0

    async def share(self, messages: int) -> None:
        """Make the parts so large that few consumers take so many messages."""
        part = -(-messages // _MOST)
        self._prefetch = min(max(self._prefetch, part), _LARGEST)
        await broker_errors(
            self._channel.underlay.basic_qos(prefetch_count=self._prefetch), PATIENCE
        )

    def full(self, seen: int) -> bool:
        """Whether the consumer holds all it may: then nothing is on its way to it."""
        return seen - self._seen_before - self._settled_here >= self._prefetch

    def settled(self, tags: Iterable[int]) -> None:
        self._settled_here += sum(tag > self._seen_before for tag in tags)

    async def next(self, seen: int) -> None:
        """End the one that is full, start another. Raises BrokerAwayError."""
        if self._count:
            await broker_errors(self._channel.underlay.basic_cancel(self._tag), PATIENCE)
        self._count += 1
        self._seen_before, self._settled_here = seen, 0
        await broker_errors(self._channel.consume(DEAD_QUEUE, tag=self._tag), PATIENCE)

    async def answer(self, seen: int) -> None:
        """Wait until the queue knows all that was settled; at its end only."""
        for _ in range(_ANSWERS):
            await self.next(seen)

    @property
    def _tag(self) -> str:
        return f"look-{self._count:09}"
