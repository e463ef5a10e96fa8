"""What this process has claimed: nobody else is to take it up while it is worked on."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from geo.following.journal import Due, Journal, JournalError
from geo.syncing.patience import Patience
from shared import faults
from shared.logs import get_logger

LEASE: Final = timedelta(seconds=30)
_RENEW: Final = 10.0


class Holding:
    """Each of its questions is asked with `patience`, so it may raise JournalError."""

    def __init__(self, journal: Journal, patience: Patience) -> None:
        self._journal, self._patience = journal, patience
        self._held: set[Due] = set()

    @property
    def is_busy(self) -> bool:
        return bool(self._held)

    async def due(self) -> int:
        return await self._patience.ask(self._journal.due)

    async def claim(self, limit: int) -> Sequence[Due]:
        claimed = await self._patience.ask(lambda: self._journal.claim(limit, LEASE))
        self._held.update(claimed)
        return claimed

    async def equal(self, due: Due) -> None:
        await self._patience.ask(lambda: self._journal.equal(due))
        self._held.discard(due)

    async def failed(self, due: Due, cause: str, again: timedelta) -> None:
        await self._patience.ask(lambda: self._journal.failed(due, cause, again))
        self._held.discard(due)

    async def renew(self) -> None:
        """For ever. What cannot be renewed in time, another process may take up too: no harm."""
        while True:
            await asyncio.sleep(_RENEW)
            if self.is_busy:
                try:
                    await self._journal.renew(list(self._held), LEASE)
                except JournalError as error:
                    get_logger().warning("lease.not_renewed", error=faults.in_words(error))
