"""A scan of the whole queue of dead letters, which takes off only what it settles.

It consumes without settling, to the queue's end, and closes its channel: the broker puts back what
is left, in its place. What comes back goes behind what came back before, so a scan that stops
half-way changes the order: this one goes to the end also when it is cancelled.
"""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from console.dead_letters.letter.dead_letter import DeadLetter
from console.dead_letters.queue.consumers import Consumers
from console.dead_letters.queue.counts import PATIENCE, deserted, ready, steady
from shared.amqp.channel import Channel
from shared.amqp.contents import Delivery
from shared.amqp.errors import BrokerAwayError, broker_errors

_QUIET: Final = 1.0
# Quiet times after which somebody else must have taken what is missing, or the broker hangs.
_ENOUGH: Final = 10
_STALLED: Final = 60
# How many deliveries a consumer may hold, at least; the broker puts all together, then sends.
READING: Final = 5000
# What is taken is held in memory, up to twice so much of it.
SETTLING: Final = 2000

Visit = Callable[[DeadLetter], bool]


@dataclass(frozen=True, slots=True)
class Taken:
    """A dead letter that `visit` wants; settle it or keep it."""

    tag: int
    dead_letter: DeadLetter


class Scan:
    """`taken` fills up with what `visit` says True to; everything else stays where it is."""

    def __init__(self, channel: Channel, visit: Visit, prefetch: int) -> None:
        self._channel = channel
        self._consumers = Consumers(channel, prefetch)
        self._stirred = asyncio.Event()
        self._arriving: list[Taken] = []
        self._settled_through = 0
        self._target = 0
        self._error: BaseException | None = None
        self.visit = visit
        self.taken: list[Taken] = []
        self.seen = 0
        self.settled = 0
        self.ended = False

    def receive(self, deliveries: Sequence[Delivery]) -> None:
        self.seen += len(deliveries)
        try:
            for delivery in deliveries:
                dead_letter = DeadLetter.read(delivery)
                if self.visit(dead_letter):
                    self._arriving.append(Taken(delivery.tag, dead_letter))
        except Exception as error:  # noqa: BLE001  raised to the caller of `more`, not to asyncio
            self.lose(error)
        if self._consumers.full(self.seen) or self.seen >= self._target:
            self._stirred.set()

    def lose(self, error: BaseException) -> None:
        self._error = self._error or error
        self._stirred.set()

    async def more(self) -> bool:
        """Wait until something is taken; False at the end of the queue.

        Raises BrokerAwayError, and what `visit` raises.
        """
        quiet = 0
        while not self.taken and not self.ended:
            if self._consumers.full(self.seen) or not self._consumers.started:
                await self._next_consumer()
                continue
            before = self.seen
            await self._stir()
            quiet = 0 if self.seen > before else quiet + 1
            await self._check_end(quiet)
        return bool(self.taken)

    async def settle(self, batch: Sequence[Taken]) -> None:
        """Take them off the queue for good. Raises BrokerAwayError."""
        if tags := [taken.tag for taken in batch]:
            self._acknowledge(tags)
        self.settled += len(tags)
        self._consumers.settled(tags)

    def _acknowledge(self, tags: Sequence[int]) -> None:
        """One word is enough if nothing before them stays."""
        first = self._settled_through + 1
        in_one = list(tags) == list(range(first, first + len(tags)))
        settled = tags[-1:] if in_one else tags
        if not self._channel.acknowledge(*settled, and_before=in_one):
            raise BrokerAwayError("connection lost")
        if in_one:
            self._settled_through = tags[-1]

    async def finish(self) -> None:
        """Go to the end, taking nothing more, and let the broker put back what is held."""
        self.visit = lambda _: False
        self.taken.clear()
        self._arriving.clear()
        while await self.more():
            self.taken.clear()
        if self.settled:
            await self._consumers.answer(self.seen)
        await broker_errors(self._channel.close(), PATIENCE)

    async def _next_consumer(self) -> None:
        if not self._consumers.started:
            self.ended = await deserted(self._channel.underlay)
            if self.ended:
                return
            self._target = await steady(self._channel.underlay)
            await self._consumers.share(self._target)
        self._release()
        await self._consumers.next(self.seen)

    def _release(self) -> None:
        self.taken, self._arriving = self.taken + self._arriving, []

    async def _stir(self) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(_QUIET):
                await self._stirred.wait()
        self._stirred.clear()
        if self._error:
            raise self._error

    async def _check_end(self, quiet: int) -> None:
        if self._consumers.full(self.seen) or (self.seen < self._target and quiet < _ENOUGH):
            return
        # What arrived meanwhile. Nothing ready is not enough before: much may be on its way.
        left = await ready(self._channel.underlay)
        self._target = self.seen + left
        if not left:
            self.ended = True
            self._release()
        if quiet > _STALLED:
            raise BrokerAwayError("the broker does not deliver what it has")
