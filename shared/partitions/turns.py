"""One step at a time: whoever changes partitions does so alone, and nobody waits for it long."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final, TypeVar

import asyncpg

from shared.database import Connection, Pool, transaction

Result = TypeVar("Result")

# Any number that no other program in the database takes; held until the transaction ends.
_LOCK: Final = 7_235_871_005
# Of what a partition has to be moved or looked through, at most.
SECONDS: Final = 300.0
# While the step waits for a lock, all who come later wait behind it: a worker's transaction is far
# shorter than this, and who takes longer is let pass.
_BEGIN = "SET LOCAL lock_timeout = '1s'; SET LOCAL timezone = 'UTC'"
_ALONE = "SELECT pg_advisory_xact_lock($1)"
ATTEMPTS: Final = 8
# In which those who waited behind it go on.
_PAUSE: Final = 0.5
_BLOCKED: Final = (asyncpg.LockNotAvailableError, asyncpg.DeadlockDetectedError)


async def take(pool: Pool, step: Callable[[Connection], Awaitable[Result]]) -> Result:
    """Do `step` in a transaction of its own; again, if somebody has the tables.

    Raises what asyncpg raises, LockNotAvailableError if they are never free.
    """
    for attempt in range(1, ATTEMPTS + 1):
        try:
            async with transaction(pool, seconds=SECONDS) as connection:
                await connection.execute(_BEGIN)
                await connection.execute(_ALONE, _LOCK)
                return await step(connection)
        except _BLOCKED:
            if attempt == ATTEMPTS:
                raise
        await asyncio.sleep(_PAUSE)
    raise AssertionError("the last attempt neither returned nor raised")
