"""The journal of a site that reaches the primary's database."""

import asyncio
import time
from collections.abc import AsyncIterator, Collection, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from datetime import timedelta
from typing import Final

from geo.following import cursors, pending
from geo.following.journal import BrokenLogError, Due, ForgottenError, JournalError, RemovedError
from geo.log import reading
from geo.log.change import Change
from shared import faults
from shared.database import ERRORS, Connection, Pool, borrowed, transaction

# Between two looks at the counter, one row, while nothing comes. A notification would need a
# session of its own, which PgBouncer does not give.
_PAUSE: Final = 0.2
# Seconds for the whole catalogue: a million repositories take some ten.
_LONG: Final = 120.0
# So old may what is said of a site's last look be.
_SEEN: Final = timedelta(seconds=10)


class DatabaseJournal:
    """Of the site of that name; `Journal` says what its methods do.

    A new site begins at the log's end if `from_now`. `source` is the one whose repositories it
    wants, None: those of all. `seconds` are for each statement, or transaction, with its way.
    """

    def __init__(
        self,
        pool: Pool,
        site: str,
        *,
        seconds: float,
        source: str | None = None,
        from_now: bool = False,
    ) -> None:
        self._pool, self._site, self._seconds = pool, site, seconds
        self._source, self._from_now = source, from_now
        self._was_there = False

    async def cursor(self) -> int:
        async with self._transaction() as connection:
            if not self._was_there:
                await cursors.write_down(connection, self._site, at_end=self._from_now)
            cursor = await cursors.of(connection, self._site)
        self._was_there = True
        return cursor

    async def changes(self, after: int, *, limit: int, wait: float) -> Sequence[Change]:
        until = time.monotonic() + wait
        await self._be_seen()
        while not (found := await self._changes(after, limit)):
            left = until - time.monotonic()
            if left <= 0:
                break
            await asyncio.sleep(min(_PAUSE, left))
        return found

    async def advance(self, cursor: int, to: int, pending_: Collection[Due] = ()) -> None:
        async with self._transaction() as connection:
            await cursors.move(connection, self._site, cursor, to)
            if pending_:
                await pending.add(connection, self._site, pending_)

    async def lead(self, follower: str, lease: timedelta) -> bool:
        async with self._transaction() as connection:
            return await cursors.lead(connection, self._site, follower, lease)

    async def stuck(self, why: str) -> None:
        async with self._transaction() as connection:
            await cursors.stuck(connection, self._site, why)

    async def everything(self, cursor: int) -> int:
        async with self._transaction(_LONG) as connection:
            # Read before the catalogue is: all that is not in that comes after it.
            end = await reading.end(connection)
            await cursors.move(connection, self._site, cursor, end)
            await pending.add_all(connection, self._site, self._source, end, seconds=_LONG)
        return end

    async def due(self) -> int:
        async with self._connection() as connection:
            return await pending.due(connection, self._site)

    async def claim(self, limit: int, lease: timedelta) -> Sequence[Due]:
        async with self._transaction() as connection:
            return await pending.claim(connection, self._site, limit, lease)

    async def renew(self, held: Collection[Due], lease: timedelta) -> None:
        async with self._transaction() as connection:
            await pending.renew(connection, self._site, held, lease)

    async def equal(self, due: Due) -> None:
        async with self._transaction() as connection:
            await pending.equal(connection, self._site, due)

    async def failed(self, due: Due, cause: str, again: timedelta) -> None:
        async with self._transaction() as connection:
            await pending.failed(connection, self._site, due, cause, again)

    async def _be_seen(self) -> None:
        async with self._transaction() as connection:
            if not await cursors.be_seen(connection, self._site, _SEEN):
                raise RemovedError(f"there is no site {self._site} any more")

    async def _changes(self, after: int, limit: int) -> Sequence[Change]:
        async with self._connection() as connection:
            last = await reading.end(connection)
            if last == after:
                return ()
            try:
                return await reading.read(connection, after, last=last, limit=limit)
            except reading.DroppedError as error:
                raise ForgottenError(str(error)) from error
            except reading.BrokenError as error:
                raise BrokenLogError(str(error)) from error

    @asynccontextmanager
    async def _connection(self) -> AsyncIterator[Connection]:
        with self._told():
            async with borrowed(self._pool, seconds=self._seconds) as connection:
                yield connection

    @asynccontextmanager
    async def _transaction(self, seconds: float | None = None) -> AsyncIterator[Connection]:
        with self._told(seconds):
            async with transaction(self._pool, seconds=seconds or self._seconds) as connection:
                yield connection

    @contextmanager
    def _told(self, seconds: float | None = None) -> Iterator[None]:
        try:
            yield
        except ERRORS as error:
            why = faults.in_words(error, seconds=seconds or self._seconds)
            raise JournalError(f"the log's database cannot be used: {why}") from error
