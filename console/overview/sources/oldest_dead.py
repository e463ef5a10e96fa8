"""The oldest dead letter, and how many of which reason: from looks over their whole queue."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from typing import Final

from console.dead_letters.errors import BusyError
from console.dead_letters.letter.dead_letter import DeadLetter
from console.dead_letters.queue.visit import exclusive_scan
from console.dead_letters.summary import Summary
from console.overview.seen.broker import Depth
from shared.amqp.dead_letter import Reason
from shared.amqp.errors import BrokerAwayError
from shared.amqp.topology import TopologyConflictError

# A look reads all of them, and others wait for it: 20,000 in a second or two.
LARGEST_IN_PASSING: Final = 20_000
_SHORTEST_PAUSE: Final = 30.0
_PAUSE_PER_LOOK: Final = 30

# Raises BusyError, BrokerAwayError, TopologyConflictError, TimeoutError.
Look = Callable[[], Awaitable[Summary]]


class OldestDead:
    """Looks in the background when the queue has another length than at the last look.

    In a queue of more than `largest` it does not look. `reasons` are those of the last
    look, of a queue that may have grown since.
    """

    def __init__(self, look: Look, *, largest: int) -> None:
        self._look, self._largest = look, largest
        self._oldest: datetime | None = None
        self.reasons: Mapping[Reason, int] = {}
        self._count = 0
        self._next = 0.0
        self._task: asyncio.Task[None] | None = None

    def age(self, dead: Depth | None, now: datetime) -> float | None:
        """Seconds, by the last look; None if there is none, or it is not known yet."""
        if dead is None:
            return None
        if not dead.ready and not dead.consumers and not self._looking:
            self._oldest, self.reasons, self._count = None, {}, 0
        elif self._due(dead):
            self._task = asyncio.ensure_future(self._find(dead.ready))
        return (now - self._oldest).total_seconds() if self._oldest else None

    async def known(self) -> None:
        """Wait for the look that is under way."""
        if self._task:
            await self._task

    @property
    def _looking(self) -> bool:
        return self._task is not None and not self._task.done()

    def _due(self, dead: Depth) -> bool:
        changed = 0 < dead.ready <= self._largest and dead.ready != self._count
        idle = not dead.consumers and not self._looking
        return changed and idle and time.monotonic() >= self._next

    async def _find(self, count: int) -> None:
        started = time.monotonic()
        try:
            summary = await self._look()
            self._oldest, self._count = summary.total.oldest, count
            self.reasons = summary.reasons
        except (BusyError, BrokerAwayError, TopologyConflictError, TimeoutError):
            # The next look will tell.
            return
        finally:
            pause = max(_SHORTEST_PAUSE, _PAUSE_PER_LOOK * (time.monotonic() - started))
            self._next = time.monotonic() + pause


def in_passing(url: str) -> Look:
    """A look that does not wait while somebody else has the queue."""

    async def look_now() -> Summary:
        summary = Summary(datetime.now(UTC))

        def note(dead_letter: DeadLetter) -> bool:
            summary.add(dead_letter)
            return False

        async with exclusive_scan(url, note, patience=0) as look:
            await look.more()
        return summary

    return look_now
