"""A look over the whole queue of dead letters, which takes off only what it settles.

It consumes without settling, to the queue's end, and closes its channel: the broker puts back what
is left, in its place. What that takes was measured with 3.10, on a quorum queue:

- What comes back goes behind what came back before, so a look that stops half-way changes the
  order. This one goes to the end also when it is cancelled.
- What several consumers of a channel hold comes back in the order of their tags, also after a
  kill, if they are 32 or fewer: so they share the queue in large, consecutive parts.
- A delivery on its way to a consumer that is cancelled comes back at once, out of order. So one is
  cancelled only when it holds all it may, and nothing of it is settled before.
- A channel that settles fast keeps some of it back until the queue has answered, and forgets that
  when it closes. Starting and ending a consumer waits for the queue's answer: twice, and all of it
  is through.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from aiormq.abc import AbstractChannel

from console.dead_letters.counting import ANSWER, ready, steady
from console.dead_letters.deliveries import Delivery
from console.dead_letters.view import DeadLetter
from shared.amqp.errors import BrokerAwayError, broker_errors
from shared.amqp.topology import DEAD_QUEUE

_QUIET: Final = 1.0
# Quiet times after which somebody else must have taken what is missing, or the broker hangs.
_ENOUGH: Final = 10
_STALLED: Final = 60

Visit = Callable[[DeadLetter], bool]


# The largest that AMQP can say.
READING: Final = 65_535
# What is taken is held in memory, up to twice so much of it.
SETTLING: Final = 2000
_CONSUMERS: Final = 24
_ANSWERS: Final = 2


@dataclass(frozen=True, slots=True)
class Taken:
    """A dead letter that `visit` wants; settle it or keep it."""

    tag: int
    dead_letter: DeadLetter


class Look:
    """`taken` fills up with what `visit` says True to; everything else stays where it is."""

    def __init__(self, channel: AbstractChannel, visit: Visit, prefetch: int) -> None:
        self._channel = channel
        self._prefetch = prefetch
        self._stirred = asyncio.Event()
        self._consumers = 0
        self._arriving: list[Taken] = []
        self._seen_before = 0
        self._settled_here = 0
        self._target = 0
        self._error: BaseException | None = None
        self.visit = visit
        self.taken: list[Taken] = []
        self.seen = 0
        self.settled = 0
        self.ended = False

    def receive(self, delivery: Delivery) -> None:
        self.seen += 1
        try:
            dead_letter = DeadLetter.read(delivery)
            if self.visit(dead_letter):
                self._arriving.append(Taken(delivery.tag, dead_letter))
        except Exception as error:  # noqa: BLE001  raised to the caller of `more`, not to asyncio
            self.lose(error)
        if self._full or self.seen >= self._target:
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
            if self._full or not self._consumers:
                await self._next_consumer()
                continue
            before = self.seen
            await self._stir()
            quiet = 0 if self.seen > before else quiet + 1
            await self._check_end(quiet)
        return bool(self.taken)

    async def settle(self, taken: Taken) -> None:
        """Take it off the queue for good."""
        await self._channel.basic_ack(taken.tag, wait=False)
        self.settled += 1
        self._settled_here += taken.tag > self._seen_before

    async def finish(self) -> None:
        """Go to the end, taking nothing more, and let the broker put back what is held."""
        self.visit = _nothing
        self.taken.clear()
        self._arriving.clear()
        while await self.more():
            self.taken.clear()
        for _ in range(_ANSWERS if self.settled else 0):
            await self._next_consumer()
        await broker_errors(self._channel.close(), ANSWER)

    @property
    def _full(self) -> bool:
        """Whether the consumer holds all it may: then nothing is on its way to it."""
        return self.seen - self._seen_before - self._settled_here >= self._prefetch

    async def _next_consumer(self) -> None:
        if self._consumers:
            await broker_errors(self._channel.basic_cancel(_tag(self._consumers)), ANSWER)
        else:
            await self._share()
        self._release()
        self._consumers += 1
        self._seen_before, self._settled_here = self.seen, 0
        consuming = self._channel.basic_consume(
            DEAD_QUEUE, _unused, consumer_tag=_tag(self._consumers)
        )
        await broker_errors(consuming, ANSWER)

    async def _share(self) -> None:
        self._target = await steady(self._channel)
        part = -(-self._target // _CONSUMERS)
        self._prefetch = min(max(self._prefetch, part), READING)
        await broker_errors(self._channel.basic_qos(prefetch_count=self._prefetch), ANSWER)

    def _release(self) -> None:
        self.taken += self._arriving
        self._arriving = []

    async def _stir(self) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(_QUIET):
                await self._stirred.wait()
        self._stirred.clear()
        if self._error:
            raise self._error

    async def _check_end(self, quiet: int) -> None:
        if self._full or (self.seen < self._target and quiet < _ENOUGH):
            return
        # What arrived meanwhile. Nothing ready is not enough before: much may be on its way.
        left = await ready(self._channel)
        self._target = self.seen + left
        self.ended = not left
        if self.ended:
            self._release()
        if quiet > _STALLED:
            raise BrokerAwayError("the broker does not deliver what it has")


def _tag(number: int) -> str:
    return f"look-{number:09}"


def _nothing(_: DeadLetter) -> bool:
    return False


async def _unused(_: object) -> None:
    """Deliveries come another way."""
