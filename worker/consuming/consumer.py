"""Batches of deliveries out of the queues, each of one queue and acknowledged together."""

import asyncio
import time
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from typing import Final

from shared.amqp.channel import Channel, OnDeliveries
from shared.amqp.contents import Delivery
from shared.amqp.errors import BrokerAwayError, broker_errors
from shared.logs import get_logger
from worker.consuming.batch import Batch
from worker.consuming.turns import Turns
from worker.progress import Progress

# While one batch is recorded the next ones arrive.
_BATCHES_PREFETCHED: Final = 4
_SETTLE_TIMEOUT: Final = 5.0
_TAG: Final = "events"


class Consumer:
    """Takes deliveries on whichever channels are open; whoever loses one closes it in `turns`.

    They share what is prefetched, but for one batch of each.
    """

    def __init__(self, *, batch_size: int, batch_wait: float, queues: int = 1) -> None:
        self._batch_size = batch_size
        self._batch_wait = batch_wait
        self._prefetch = max(batch_size, batch_size * _BATCHES_PREFETCHED // queues)
        self.turns = Turns()
        self.progress = Progress()
        self._handed_out: deque[Batch] = deque()
        self._some, self._changed = asyncio.Event(), asyncio.Event()
        self._closing: asyncio.Future[None] | None = None
        self._stopped = False

    @property
    def in_hand(self) -> int:
        """How many deliveries are not settled yet: those that wait here, and the batches'."""
        mine = (batch.unsettled for batch in self._handed_out if batch.channel in self.turns)
        return len(self.turns) + sum(mine)

    @property
    def batch_age(self) -> float:
        """Seconds since the batch that is being worked on was handed out; 0 if there is none."""
        return time.monotonic() - self._handed_out[0].handed_out if self._handed_out else 0.0

    async def consume(
        self, channel: Channel, queue: str, on_deliveries: OnDeliveries | None = None
    ) -> None:
        """Take what is in `queue`, on a fresh channel, until that is closed.

        `on_deliveries` sees it first, if somebody is to. Raises what aiormq raises.
        """
        if self._stopped:
            return
        self.turns.open(channel)
        channel.on_deliveries = on_deliveries or partial(self.take, channel)
        channel.underlay.on_consumer_cancel_callbacks.add(partial(self._cancelled, channel))
        await channel.underlay.basic_qos(prefetch_count=self._prefetch)
        await channel.consume(queue, tag=_TAG)
        if self._stopped:
            # Meanwhile, when there was no consumer yet to cancel.
            await channel.underlay.basic_cancel(_TAG)

    def take(self, channel: Channel, deliveries: Sequence[Delivery]) -> None:
        self.turns.add(channel, deliveries)
        self._some.set()
        if self.turns.has(self._batch_size):
            self._changed.set()

    async def next_batch(self) -> Batch | None:
        """Wait for deliveries, and a moment for more; None once stopped and used up.

        While another batch is not settled only a full one is handed out.
        """
        while True:
            if self.turns:
                await self._wait_for_more()
            # A channel that is gone may have taken away what there was.
            if taken := self.turns.take(self._batch_size):
                break
            if self._stopped:
                return None
            self._some.clear()
            await self._some.wait()
        batch = Batch(*taken, time.monotonic(), len(taken[1]))
        self._handed_out.append(batch)
        return batch

    def acknowledge(self, batch: Batch) -> None:
        """Settle what is left of `batch`, and all that was delivered before it."""
        is_done = batch.channel.acknowledge(batch.deliveries[-1].tag, and_before=True)
        self._settled(batch, batch.unsettled, is_done=is_done)

    async def acknowledge_one(self, batch: Batch, delivery: Delivery) -> None:
        """Settle it alone and at once: the process may die of the next."""
        is_done = batch.channel.acknowledge(delivery.tag)
        with suppress(TimeoutError):
            async with asyncio.timeout(_SETTLE_TIMEOUT):
                await batch.channel.written()
        self._settled(batch, 1, is_done=is_done)

    def _settled(self, batch: Batch, count: int, *, is_done: bool) -> None:
        batch.unsettled -= count
        if not batch.unsettled:
            self._handed_out.remove(batch)
            self._changed.set()
        if not is_done:
            get_logger().warning("batch.unacknowledged", size=count, error="connection lost")

    async def stop(self) -> None:
        """Take no more; what is prefetched may still be recorded."""
        self._stopped = True
        self._some.set()
        self._changed.set()
        await asyncio.gather(*map(_cancel, self.turns.channels))

    def _cancelled(self, channel: Channel, _frame: object) -> None:
        # Not awaited here: it waits for an answer that the caller has to read first.
        self._closing = asyncio.ensure_future(channel.close())

    async def _wait_for_more(self) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(self._batch_wait):
                await self._until(lambda: self._is_full)
        await self._until(lambda: self._is_full or not self._handed_out)

    @property
    def _is_full(self) -> bool:
        return self.turns.has(self._batch_size) or self._stopped

    async def _until(self, is_so: Callable[[], bool]) -> None:
        while not is_so():
            self._changed.clear()
            await self._changed.wait()


async def _cancel(channel: Channel) -> None:
    if channel.underlay.is_closed:
        return
    try:
        await broker_errors(channel.underlay.basic_cancel(_TAG), _SETTLE_TIMEOUT)
    except BrokerAwayError as error:
        get_logger().warning("consumer.uncancelled", error=str(error))
