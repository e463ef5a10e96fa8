"""Doing something to each dead letter of a plan, and only then taking it off the queue.

Killed at any moment, it leaves at worst one batch that was done but not taken off.
"""

import asyncio
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from console.dead_letters.errors import BusyError
from console.dead_letters.letter.dead_letter import DeadLetter
from console.dead_letters.operations.plan import key
from console.dead_letters.queue import lock
from console.dead_letters.queue.scan import SETTLING, Scan
from console.dead_letters.queue.visit import exclusive_scan
from shared.amqp.errors import BrokerAwayError

INTERRUPTED: Final = "interrupted"
_BATCH: Final = 1000
# Batches a second, so that a slow rate is even.
_BEAT: Final = 5
# The broker closes a channel that settles nothing for half an hour: the default of its
# `consumer_timeout`. A look ends long before, another one goes on.
_LONGEST_LOOK: Final = 600.0
# Others shall not wait for the end of a slow change: it makes way for them between its looks.
_SLOW_LOOK: Final = 10.0
_MAKE_WAY: Final = 2 * lock.LONGEST_PAUSE


@dataclass(slots=True)
class Outcome:
    """`missing` were in the plan but are gone; `stopped` says why it ended before its end."""

    done: int = 0
    failed: Counter[str] = field(default_factory=Counter)
    missing: int = 0
    stopped: str = ""

    def document(self) -> dict[str, Any]:
        return {
            "done": self.done,
            "failed": dict(self.failed),
            "missing": self.missing,
            "stopped": self.stopped,
        }


@dataclass(frozen=True, slots=True)
class Done:
    """For each dead letter of a batch why it failed, or an empty text; `broken`: go no further."""

    failures: Sequence[str]
    broken: str = ""


Deed = Callable[[Sequence[DeadLetter]], Awaitable[Done]]


@dataclass(frozen=True, slots=True)
class Attended:
    """Who watches: `report` hears of every batch, `say` gets notices, setting `stop` ends it."""

    report: Callable[[Outcome], None] = lambda _: None
    say: Callable[[str], None] = lambda _: None
    stop: asyncio.Event = field(default_factory=asyncio.Event)


@dataclass(frozen=True, slots=True)
class Action:
    """One deed to be done to many, at most `rate` a second."""

    url: str
    deed: Deed
    attended: Attended
    rate: float | None = None

    async def run(self, chosen: Iterable[bytes], outcome: Outcome) -> None:
        """Count in `outcome`. Raises BusyError and BrokerAwayError if nothing is done at all."""
        left, over = set(chosen), False
        while left and not over and not outcome.stopped:
            if self.attended.stop.is_set():
                outcome.stopped = INTERRUPTED
                break
            try:
                over = await self._look(left, outcome)
            except (BrokerAwayError, BusyError) as error:
                if not outcome.done:
                    raise
                outcome.stopped = str(error)
            if left and not over and not outcome.stopped:
                await self._pause(_MAKE_WAY)
        if over and not outcome.stopped:
            outcome.missing += len(left)

    async def _look(self, left: set[bytes], outcome: Outcome) -> bool:
        """Whether the end of the queue was reached."""

        def wanted(dead_letter: DeadLetter) -> bool:
            return key(dead_letter) in left

        say = lock.silent if outcome.done else self.attended.say
        async with exclusive_scan(self.url, wanted, prefetch=SETTLING, say=say) as look:
            until = time.monotonic() + (_SLOW_LOOK if self.rate else _LONGEST_LOOK)
            while left and await look.more():
                if self.attended.stop.is_set():
                    outcome.stopped = INTERRUPTED
                if outcome.stopped or time.monotonic() > until:
                    return False
                await self._batch(look, left, outcome)
        return True

    async def _batch(self, look: Scan, left: set[bytes], outcome: Outcome) -> None:
        started = time.monotonic()
        size = _BATCH if self.rate is None else max(1, min(_BATCH, int(self.rate / _BEAT)))
        batch, look.taken = look.taken[:size], look.taken[size:]
        done = await self.deed([taken.dead_letter for taken in batch])
        left.difference_update(key(taken.dead_letter) for taken in batch)
        outcome.failed.update(filter(None, done.failures))
        good = [one for one, why in zip(batch, done.failures, strict=True) if not why]
        await look.settle(good)
        outcome.done += len(good)
        outcome.stopped = outcome.stopped or done.broken
        self.attended.report(outcome)
        if self.rate:
            await self._pause(started + len(batch) / self.rate - time.monotonic())

    async def _pause(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(max(seconds, 0)):
                await self.attended.stop.wait()
        except TimeoutError:
            pass
