"""Where the log ends, looked at once for all who ask, and for all who wait until it goes on."""

import asyncio
import time
from collections.abc import Callable
from typing import Final

from geo.following.journal import JournalError
from shared import faults
from shared.database import ERRORS, Pool, borrowed

# Seconds between two looks; beside it, how long a look may take.
_PAUSE: Final = 0.2
_SECONDS: Final = 5.0

LOOK = "SELECT last_id FROM geo_event_counter"


class LogEnd:
    """However many ask and wait, one query each 0.2 s is made; while nobody does, none."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._last, self._looked_at = 0, -_PAUSE
        self._looking = asyncio.Lock()
        self._waiting: dict[asyncio.Future[None], tuple[int, Callable[[], bool]]] = {}
        self._wanted = asyncio.Event()
        self._is_closing = False

    @property
    def waiting(self) -> int:
        return len(self._waiting)

    async def run(self) -> None:
        """Look for those who wait, for ever."""
        while True:
            await self._wanted.wait()
            try:
                last = await self.now()
            except JournalError as error:
                self._fail(error)
            else:
                self._tell(last)
            await asyncio.sleep(_PAUSE)

    async def now(self, known: int = 0) -> int:
        """The last id, as it was 0.2 s ago at most. Raises JournalError.

        Who knows of a later one than was seen then has it looked at anew.
        """
        async with self._looking:
            if self._last < known or time.monotonic() - self._looked_at >= _PAUSE:
                self._last, self._looked_at = await self._look(), time.monotonic()
            return self._last

    async def beyond(self, after: int, seconds: float, is_gone: Callable[[], bool]) -> None:
        """Wait until the log has something after that id, but no longer than so many seconds.

        Nor after whoever waits `is_gone`. Raises JournalError.
        """
        if self._is_closing:
            return
        told = asyncio.get_running_loop().create_future()
        self._waiting[told] = (after, is_gone)
        self._wanted.set()
        try:
            await asyncio.wait([told], timeout=seconds)
            if told.done():
                told.result()
        finally:
            self._forget(told)

    def close(self) -> None:
        """Let everybody go, and nobody wait any more."""
        self._is_closing = True
        for told in self._waiting:
            if not told.done():
                told.set_result(None)

    async def _look(self) -> int:
        try:
            async with borrowed(self._pool, seconds=_SECONDS) as connection:
                last: int = await connection.fetchval(LOOK)
        except ERRORS as error:
            why = faults.in_words(error, seconds=_SECONDS)
            raise JournalError(f"the log's database is away: {why}") from error
        return last

    def _tell(self, last: int) -> None:
        for told, (after, is_gone) in self._waiting.items():
            if (last > after or is_gone()) and not told.done():
                told.set_result(None)

    def _fail(self, error: JournalError) -> None:
        for told in self._waiting:
            if not told.done():
                # Each its own: whoever raises it adds where.
                told.set_exception(JournalError(str(error)))

    def _forget(self, told: asyncio.Future[None]) -> None:
        del self._waiting[told]
        if told.done():
            # Whoever waited may have gone, and then nobody asks what it failed with.
            told.exception()
        if not self._waiting:
            self._wanted.clear()
