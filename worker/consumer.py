"""The AMQP edge of the worker: batches of deliveries out of the queue, acknowledged together."""

import asyncio
import time
from collections import deque
from collections.abc import Sequence
from functools import partial
from typing import Final

from aiormq.abc import DeliveredMessage
from aiormq.channel import Channel
from aiormq.exceptions import AMQPError

from shared.amqp.errors import BrokerAwayError, broker_errors, describe, raise_if_cancelled
from shared.amqp.topology import EVENTS_QUEUE
from shared.logs import get_logger
from worker.delivery import Delivery

# While one batch is recorded the next ones arrive.
_BATCHES_PREFETCHED: Final = 4
_SETTLE_TIMEOUT: Final = 5.0


class Consumer:
    """Takes deliveries on whichever channel is open; give `opened` to its Connection."""

    def __init__(self, *, batch_size: int, batch_wait: float) -> None:
        self._batch_size = batch_size
        self._batch_wait = batch_wait
        self._waiting: deque[Delivery] = deque()
        self._some = asyncio.Event()
        self._enough = asyncio.Event()
        self._channel: Channel | None = None
        self._tag = ""
        self._closing: asyncio.Future[None] | None = None
        self._stopped = False
        self._unsettled = 0
        self._handed_out: float | None = None

    @property
    def in_hand(self) -> int:
        """How many deliveries are not settled yet: those that wait here, and the batch's."""
        return len(self._waiting) + self._unsettled

    @property
    def batch_age(self) -> float:
        """Seconds since the batch that is being worked on was handed out; 0 if there is none."""
        return 0.0 if self._handed_out is None else time.monotonic() - self._handed_out

    async def opened(self, channel: Channel) -> None:
        """Consume on a fresh channel; what the lost one delivered comes again."""
        self._waiting.clear()
        self._unsettled = 0
        if self._stopped:
            return
        self._channel = channel
        channel.on_consumer_cancel_callbacks.add(partial(self._cancelled, channel))
        await channel.basic_qos(prefetch_count=self._batch_size * _BATCHES_PREFETCHED)
        consuming = await channel.basic_consume(EVENTS_QUEUE, partial(self._take, channel))
        self._tag = consuming.consumer_tag or ""
        if self._stopped:
            # Meanwhile, when there was no consumer yet to cancel.
            await channel.basic_cancel(self._tag)

    async def next_batch(self) -> Sequence[Delivery]:
        """Wait for deliveries, and a moment for more; empty once stopped and used up.

        Whoever asks for the next is done with the last.
        """
        self._unsettled, self._handed_out = 0, None
        while not (batch := await self._gather_batch()) and not self._stopped:
            self._some.clear()
            await self._some.wait()
        if batch:
            self._unsettled, self._handed_out = len(batch), time.monotonic()
        return batch

    async def _gather_batch(self) -> Sequence[Delivery]:
        if 0 < len(self._waiting) < self._batch_size and not self._stopped:
            await self._wait_for_more()
        # A fresh channel may have taken away what there was.
        size = min(self._batch_size, len(self._waiting))
        return [self._waiting.popleft() for _ in range(size)]

    async def acknowledge(self, batch: Sequence[Delivery], *, and_before: bool = True) -> None:
        """Settle the last of `batch` and all before it, or it alone and at once.

        At once: the process may die of the next. A channel that is gone by now delivers it again.
        """
        last = batch[-1]
        self._unsettled = max(self._unsettled - len(batch), 0)
        try:
            async with asyncio.timeout(_SETTLE_TIMEOUT):
                await last.channel.basic_ack(last.tag, multiple=and_before, wait=not and_before)
        except (AMQPError, OSError, TimeoutError, RuntimeError) as error:
            get_logger().warning("batch.unacknowledged", size=len(batch), error=describe(error))
        except asyncio.CancelledError:
            raise_if_cancelled()
            get_logger().warning("batch.unacknowledged", size=len(batch), error="connection lost")

    async def stop(self) -> None:
        """Take no more; what is prefetched may still be recorded."""
        self._stopped = True
        self._some.set()
        self._enough.set()
        if self._channel and not self._channel.is_closed:
            try:
                await broker_errors(self._channel.basic_cancel(self._tag), _SETTLE_TIMEOUT)
            except BrokerAwayError as error:
                get_logger().warning("consumer.uncancelled", error=str(error))

    def _cancelled(self, channel: Channel, _frame: object) -> None:
        # Not awaited here: it waits for an answer that the caller has to read first.
        self._closing = asyncio.ensure_future(channel.close())

    async def _take(self, channel: Channel, message: DeliveredMessage) -> None:
        if channel is not self._channel:
            # A late word of a lost one: in a batch with others it could not be acknowledged.
            return
        self._waiting.append(
            Delivery(
                channel=channel,
                tag=message.delivery_tag or 0,
                routing_key=message.routing_key or "",
                body=message.body,
                headers=message.header.properties.headers or {},
            )
        )
        self._some.set()
        if len(self._waiting) >= self._batch_size:
            self._enough.set()

    async def _wait_for_more(self) -> None:
        self._enough.clear()
        try:
            async with asyncio.timeout(self._batch_wait):
                await self._enough.wait()
        except TimeoutError:
            pass
