"""A consumer of a stream that comes to an end."""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from datetime import datetime
from itertools import islice
from typing import Final

from shared.amqp.channel import STREAM_OFFSET, Channel
from shared.amqp.contents import Delivery
from shared.amqp.errors import BrokerAwayError, describe, ended_by

_BATCHES_PREFETCHED: Final = 4
# Seconds in which nothing comes of what is known to be there: a reader that began in the moment in
# which the broker replaced the stream's process may wait for ever.
_SILENCE: Final = 30.0


def offset(delivery: Delivery) -> int:
    """Where it is in its stream."""
    return int(delivery.properties.headers[STREAM_OFFSET])


class Reader:
    """Hands out full batches up to the delivery that `is_last`, and then what is left."""

    def __init__(
        self, channel: Channel, batch_size: int, is_last: Callable[[Delivery], bool]
    ) -> None:
        self._channel = channel
        self._batch_size = batch_size
        self._is_last = is_last
        self._waiting: deque[Delivery] = deque()
        self._is_over = False
        self._fault = ""
        self._changed = asyncio.Event()

    async def begin(self, queue: str, start: datetime | int) -> None:
        """From a moment, or from an offset on. Raises what aiormq raises."""
        underlay = self._channel.underlay
        underlay.closing.add_done_callback(lambda closing: self._end(describe(ended_by(closing))))
        underlay.on_consumer_cancel_callbacks.add(lambda _: self._end(f"{queue} is gone"))
        self._channel.on_deliveries = self._take
        await underlay.basic_qos(prefetch_count=self._batch_size * _BATCHES_PREFETCHED)
        await self._channel.consume(queue, since=start)

    async def next_batch(self) -> Sequence[Delivery]:
        """Empty behind the last. Raises BrokerAwayError."""
        while not (self._is_over or self._fault or len(self._waiting) >= self._batch_size):
            self._changed.clear()
            try:
                async with asyncio.timeout(_SILENCE):
                    await self._changed.wait()
            except TimeoutError:
                raise BrokerAwayError(f"no answer within {_SILENCE:g} s") from None
        if self._fault:
            raise BrokerAwayError(self._fault)
        batch = list(islice(self._waiting, self._batch_size))
        for _ in batch:
            self._waiting.popleft()
        return batch

    def settle(self, batch: Sequence[Delivery]) -> None:
        """Let as many more come."""
        self._channel.acknowledge(batch[-1].tag, and_before=True)

    def _take(self, deliveries: Sequence[Delivery]) -> None:
        for delivery in deliveries:
            if self._is_over:
                break
            self._waiting.append(delivery)
            self._is_over = self._is_last(delivery)
        self._changed.set()

    def _end(self, why: str) -> None:
        self._fault = self._fault or why
        self._changed.set()
