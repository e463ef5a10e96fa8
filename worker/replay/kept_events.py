"""Kept events, read from a moment to the end that their stream has when reading begins."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import datetime, timedelta
from typing import Final
from uuid import uuid4

from aiormq.exceptions import AMQPError, ChannelNotFoundEntity

from shared.amqp.channel import Channel
from shared.amqp.contents import Delivery
from shared.amqp.errors import BrokerAwayError, broker_errors
from shared.amqp.kept import KEPT_QUEUE
from shared.amqp.message import Message
from worker.replay.reader import Reader, offset

# Seconds for one answer.
_ANSWER: Final = 5.0
# The broker finds a moment by its own clock; the time of an event is by that of who published it.
_CLOCKS: Final = timedelta(minutes=5)
_END: Final = "replay-end"


class NothingKeptError(Exception):
    """There is no stream: nothing was kept."""


class KeptEvents:
    """What was published from `since` until `until`, in the order of the stream.

    When it is first read, its end is marked by a message of ours without a body: nothing else says
    for sure how far a stream goes. Read again, it is the same.
    """

    def __init__(self, *, since: datetime, until: datetime | None, batch_size: int) -> None:
        self._since = since.timestamp()
        self._until = until.timestamp() if until else float("inf")
        self._batch_size = batch_size
        self._start: datetime | int = since - _CLOCKS
        self._mark = uuid4().hex
        self._end: int | None = None

    async def batches(self, channel: Channel) -> AsyncIterator[Sequence[Delivery]]:
        """Read beside `channel`, which has confirms. Raises BrokerAwayError, NothingKeptError."""
        async with self._reading(channel) as reader:
            if self._end is None:
                await self._set_end(channel)
            while read := await reader.next_batch():
                wanted = [one for one in read if self._is_wanted(one)]
                if wanted and not isinstance(self._start, int):
                    self._start = offset(wanted[0])
                if wanted:
                    yield wanted
                reader.settle(read)

    @asynccontextmanager
    async def _reading(self, channel: Channel) -> AsyncIterator[Reader]:
        beside = await broker_errors(channel.beside(), _ANSWER)
        reader = Reader(beside, self._batch_size, self._is_last)
        try:
            await broker_errors(reader.begin(KEPT_QUEUE, self._start), _ANSWER)
            yield reader
        except BrokerAwayError as error:
            if isinstance(error.__cause__, ChannelNotFoundEntity):
                raise NothingKeptError from None
            raise
        finally:
            with suppress(AMQPError, OSError, RuntimeError):
                await beside.close()

    async def _set_end(self, channel: Channel) -> None:
        """Behind all that was confirmed until now; the reader is there already, so it gets it."""
        mark = Message("", KEPT_QUEUE, b"", {_END: self._mark})
        (failure,) = await channel.publishing.publish([mark], deadline=_ANSWER)
        if failure:
            raise BrokerAwayError(f"the end of {KEPT_QUEUE} cannot be marked: {failure}")

    def _is_last(self, delivery: Delivery) -> bool:
        if self._end is not None:
            return offset(delivery) >= self._end
        if delivery.body or delivery.properties.headers.get(_END) != self._mark:
            return False
        self._end = offset(delivery)
        return True

    def _is_wanted(self, delivery: Delivery) -> bool:
        # Whole seconds, the one in which it began among them.
        at = delivery.properties.published
        return bool(delivery.body) and self._since < at + 1 and at <= self._until
