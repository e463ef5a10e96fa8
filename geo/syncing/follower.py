"""Changes of the log become repositories that are to be made equal."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

from geo.following.journal import ForgottenError, Journal, OvertakenError
from geo.log.change import Change
from geo.syncing.wanted import Wanted
from shared.logs import get_logger

_BATCH: Final = 1_000
_WAIT: Final = 30.0
# A registry tells of a push before it writes the tag: whoever looks at once may see the tag from
# before, and nothing would tell of the new one again.
_SETTLED: Final = 1.0


class Follower:
    """Of one site. `moved` is set when something may have become pending."""

    def __init__(self, journal: Journal, wanted: Wanted) -> None:
        self._journal, self._wanted = journal, wanted
        self.moved = asyncio.Event()

    async def start(self, *, everything: bool) -> None:
        """A site that is new looks at everything once. Raises JournalError."""
        while everything or not await self._journal.cursor():
            if await self._everything():
                return

    async def follow_on(self) -> None:
        """The next changes, or none for a while. Raises JournalError."""
        await self._step(_WAIT)

    async def catch_up(self) -> None:
        """Up to the log's end. Raises JournalError."""
        while await self._step(0):
            pass

    async def _step(self, wait: float) -> bool:
        """The next changes, if any come within `wait` seconds; whether there were any."""
        cursor = await self._journal.cursor()
        try:
            changes = await self._journal.changes(cursor, limit=_BATCH, wait=wait)
            if not changes:
                return False
            await asyncio.sleep(unsettled(changes, datetime.now(UTC)))
            pending = self._wanted.pending(changes)
            await self._journal.advance(cursor, changes[-1].id, pending)
        except OvertakenError:
            # Another process of this site has taken the same changes up.
            return True
        except ForgottenError:
            get_logger().warning("log.forgotten", cursor=cursor)
            await self._everything()
            return True
        self.moved.set()
        return True

    async def _everything(self) -> bool:
        """Whether it was this process; another one of the site may have moved the cursor."""
        try:
            await self._journal.everything(await self._journal.cursor())
        except OvertakenError:
            return False
        self.moved.set()
        return True


def unsettled(changes: Sequence[Change], now: datetime) -> float:
    """For how many seconds the last one is to be left alone; clocks may differ by any amount."""
    age = (now - changes[-1].recorded_at).total_seconds()
    return min(max(_SETTLED - age, 0.0), _SETTLED)
