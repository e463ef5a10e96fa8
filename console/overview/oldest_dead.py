"""The age of the oldest dead letter: from looks over their whole queue, now and then."""

import asyncio
import time
from datetime import datetime
from typing import Final

from console.dead_letters.errors import BusyError
from console.dead_letters.looking import looking
from console.dead_letters.view import DeadLetter
from console.overview.snapshot import Depth
from shared.amqp.errors import BrokerAwayError

# A look reads all of them, 100,000 in some seconds, and others wait for it.
_SHORTEST_PAUSE: Final = 30.0
_PAUSE_PER_LOOK: Final = 30
_LARGEST: Final = 200_000


class OldestDead:
    """Looks in the background when the queue has another length than at the last look."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._oldest: datetime | None = None
        self._count = 0
        self._next = 0.0
        self._task: asyncio.Task[None] | None = None

    def age(self, dead: Depth | None, now: datetime) -> float | None:
        """Seconds, by the last look; None if there is none, or it is not known yet."""
        if dead is None:
            return None
        if not dead.ready and not self._looking:
            self._oldest, self._count = None, 0
        elif self._due(dead.ready):
            self._task = asyncio.ensure_future(self._look(dead.ready))
        return (now - self._oldest).total_seconds() if self._oldest else None

    async def known(self) -> None:
        """Wait for the look that is under way."""
        if self._task:
            await self._task

    @property
    def _looking(self) -> bool:
        return self._task is not None and not self._task.done()

    def _due(self, count: int) -> bool:
        changed = 0 < count <= _LARGEST and count != self._count
        return changed and not self._looking and time.monotonic() >= self._next

    async def _look(self, count: int) -> None:
        started, found = time.monotonic(), list[datetime]()

        def note(dead_letter: DeadLetter) -> bool:
            died = dead_letter.failed_at
            if died and (not found or died < found[0]):
                found[:] = [died]
            return False

        try:
            async with looking(self._url, note, patience=0) as look:
                await look.more()
            self._oldest, self._count = next(iter(found), None), count
        except (BusyError, BrokerAwayError, TimeoutError):
            # The next look will tell.
            return
        finally:
            pause = max(_SHORTEST_PAUSE, _PAUSE_PER_LOOK * (time.monotonic() - started))
            self._next = time.monotonic() + pause
