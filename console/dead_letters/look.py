"""A look over the whole queue of dead letters, which takes off only what it settles.

It consumes without settling, to the queue's end, and closes its channel: the broker puts back what
is left, in its place. Measured with 3.10: a quorum queue puts back behind what was put back before,
so a look that stops half-way changes the order; this one goes to the end also when it is cancelled.
Each consumer is cancelled before the next one starts, and their tags sort as they started: so what
they hold comes back in order, also when the process is killed.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from aiormq.abc import AbstractChannel

from console.dead_letters.deliveries import Delivery
from console.dead_letters.view import DeadLetter
from shared.amqp.errors import BrokerAwayError, broker_errors
from shared.amqp.topology import DEAD_QUEUE

ANSWER: Final = 30.0
_QUIET: Final = 1.0
# Quiet times after which somebody else must have taken what is missing, or the broker hangs.
_ENOUGH: Final = 10
_STALLED: Final = 60

Visit = Callable[[DeadLetter], bool]


@dataclass(frozen=True, slots=True)
class Window:
    """What one consumer may hold, and how much of it may stay before the next one takes over."""

    prefetch: int
    kept: int


# The largest prefetch that AMQP can say.
READING: Final = Window(prefetch=65_535, kept=65_535)
# What is taken is held in memory until it is settled.
SETTLING: Final = Window(prefetch=4000, kept=2000)


@dataclass(frozen=True, slots=True)
class Taken:
    """A dead letter that `visit` wants; settle it or keep it."""

    tag: int
    dead_letter: DeadLetter


class Look:
    """`taken` fills up with what `visit` says True to; everything else stays where it is."""

    def __init__(self, channel: AbstractChannel, visit: Visit, window: Window) -> None:
        self._channel = channel
        self._window = window
        self._stirred = asyncio.Event()
        self._consumers = 0
        self._kept_here = 0
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
            wanted = self.visit(dead_letter)
        except Exception as error:  # noqa: BLE001  raised to the caller of `more`, not to asyncio
            self.lose(error)
            return
        if wanted:
            self.taken.append(Taken(delivery.tag, dead_letter))
        else:
            self._kept_here += 1
        if wanted or self._turn or self.seen >= self._target:
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
            if self._turn or not self._consumers:
                await self._next_consumer()
            before = self.seen
            await self._stir()
            quiet = 0 if self.seen > before else quiet + 1
            await self._check_end(quiet)
        return bool(self.taken)

    async def settle(self, taken: Taken) -> None:
        """Take it off the queue for good."""
        await self._channel.basic_ack(taken.tag, wait=False)
        self.settled += 1

    def keep(self) -> None:
        """One that was taken stays after all."""
        self._kept_here += 1

    async def finish(self) -> None:
        """Go to the end, taking nothing more, and let the broker put back what is held."""
        self.visit = _nothing
        self.taken.clear()
        # What was taken keeps its credit for good: the next consumer goes on.
        self._kept_here = self._window.kept
        while await self.more():
            pass
        await broker_errors(self._channel.close(), ANSWER)

    @property
    def _turn(self) -> bool:
        return self._kept_here >= self._window.kept

    async def _next_consumer(self) -> None:
        if self._consumers:
            await broker_errors(self._channel.basic_cancel(_tag(self._consumers)), ANSWER)
        else:
            await broker_errors(
                self._channel.basic_qos(prefetch_count=self._window.prefetch), ANSWER
            )
            self._target = await ready(self._channel)
        self._consumers += 1
        self._kept_here = 0
        tag = _tag(self._consumers)
        await broker_errors(
            self._channel.basic_consume(DEAD_QUEUE, _unused, consumer_tag=tag), ANSWER
        )

    async def _stir(self) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(_QUIET):
                await self._stirred.wait()
        self._stirred.clear()
        if self._error:
            raise self._error

    async def _check_end(self, quiet: int) -> None:
        if self.taken or self._turn or (self.seen < self._target and quiet < _ENOUGH):
            return
        # What arrived meanwhile. Nothing ready is not enough before: much may be on its way.
        left = await ready(self._channel)
        self._target = self.seen + left
        self.ended = not left
        if quiet > _STALLED:
            raise BrokerAwayError("the broker does not deliver what it has")


async def ready(channel: AbstractChannel, queue: str = DEAD_QUEUE) -> int:
    """How many messages of a queue no consumer has. Raises BrokerAwayError."""
    declared = await broker_errors(channel.queue_declare(queue, passive=True), ANSWER)
    return declared.message_count or 0


def _tag(number: int) -> str:
    return f"look-{number:09}"


def _nothing(_: DeadLetter) -> bool:
    return False


async def _unused(_: object) -> None:
    """Deliveries come another way."""
