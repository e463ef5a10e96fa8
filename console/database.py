"""The database as an operator's side uses it: within seconds, in nobody's way.

What fails is one sentence.
"""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Final

import asyncpg

from console.errors import DatabaseAwayError
from console.words import away
from shared import faults
from shared.database import ERRORS, Connection, Pool, borrowed

# Short of ANSWER, so that there is time to find out whose the lock is.
_PATIENCE: Final = "1s"
_LOCKED: Final = (
    "a lock of somebody keeps everybody from the tables of the database; "
    "`registry-events status` says whose it is"
)

# Of the transaction alone, so that pgbouncer's sessions stay as they were.
_WAIT_FOR_NO_LOCK: Final = "SELECT set_config('lock_timeout', $1, true)"
# Where many partitions are asked for a few rows, compiling takes longer than all else.
_AS_IT_IS: Final = "SET LOCAL jit = off"


@asynccontextmanager
async def reading(pool: Pool) -> AsyncIterator[Connection]:
    """A transaction that reads, for a block of ANSWER seconds at most, or else TimeoutError.

    A table that somebody keeps locked is an asyncpg.LockNotAvailableError after a second. Without
    it the server would go on waiting for each look that was given up.
    """
    async with (
        borrowed(pool, seconds=away.ANSWER) as connection,
        connection.transaction(readonly=True),
    ):
        await connection.execute(_WAIT_FOR_NO_LOCK, _PATIENCE)
        await connection.execute(_AS_IT_IS)
        yield connection


def fault(error: Exception) -> str:
    """Why a read failed, in one line that is safe to print."""
    return faults.in_words(error, seconds=away.ANSWER)


@contextmanager
def database_errors(url: str = "") -> Iterator[None]:
    """A failure of the database or of the way to it becomes DatabaseAwayError.

    It names the server of `url`, if that is given.
    """
    try:
        yield
    except asyncpg.UndefinedTableError:
        raise DatabaseAwayError("tables are missing; run registry-events migrate") from None
    except asyncpg.LockNotAvailableError:
        raise DatabaseAwayError(_LOCKED) from None
    except ERRORS as error:
        raise DatabaseAwayError(away.database(url, fault(error))) from error
