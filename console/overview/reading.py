"""Reading from the database in passing: within seconds, and in nobody's way."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from console.away import ANSWER
from shared import faults
from shared.database import Connection, Pool, borrowed

# Short of ANSWER, so that there is time to find out whose the lock is.
_PATIENCE: Final = "1s"

# Of the transaction alone, so that pgbouncer's sessions stay as they were.
_WAIT_FOR_NO_LOCK: Final = "SELECT set_config('lock_timeout', $1, true)"


@asynccontextmanager
async def reading(pool: Pool) -> AsyncIterator[Connection]:
    """A transaction that reads, for a block of ANSWER seconds at most, or else TimeoutError.

    A table that somebody keeps locked is an asyncpg.LockNotAvailableError after a second. Without
    it the server would go on waiting for each look that was given up.
    """
    async with (
        borrowed(pool, seconds=ANSWER) as connection,
        connection.transaction(readonly=True),
    ):
        await connection.execute(_WAIT_FOR_NO_LOCK, _PATIENCE)
        yield connection


def fault(error: Exception) -> str:
    """Why a read failed, in one line that is safe to print."""
    return faults.in_words(error, seconds=ANSWER)
