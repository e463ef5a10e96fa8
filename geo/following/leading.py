"""Of several followers of a site one hands on at a time; the others stand by."""

import asyncio
import secrets
import time
from contextlib import suppress
from datetime import timedelta
from typing import Final

from geo.following.journal import Journal, JournalError
from shared.logs import get_logger

# Of one that was killed another takes over after so long; one that lives says so much more often.
_LEASE: Final = timedelta(seconds=10)
_RENEWED: Final = 3.0
# Between two looks whether there is still another one.
_PAUSE: Final = 0.5


class Leading:
    """A lease in the journal, whose loss costs no more than that changes are handed on twice."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._name = secrets.token_hex(8)
        self._until = 0.0
        self._is_over = False

    @property
    def holds(self) -> bool:
        return time.monotonic() < self._until

    async def begin(self) -> None:
        """Stand by until it is this one's turn. Raises JournalError."""
        if not await self._renew():
            get_logger().info("site.standing_by")
        while not self.holds:
            await asyncio.sleep(_PAUSE)
            await self._renew()

    async def keep(self) -> None:
        """Renew it, for ever."""
        while True:
            await asyncio.sleep(_RENEWED)
            if self.holds:
                with suppress(JournalError):
                    await self._renew()

    async def end(self) -> None:
        """Let another one take over at once, if there is a way to say so."""
        self._is_over, self._until = True, 0.0
        with suppress(JournalError):
            await self._journal.lead(self._name, timedelta())

    async def _renew(self) -> bool:
        asked = time.monotonic()
        leads = not self._is_over and await self._journal.lead(self._name, _LEASE)
        self._until = asked + _LEASE.total_seconds() if leads else 0.0
        return leads
