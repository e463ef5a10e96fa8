"""The audit trail as it is read."""

from collections.abc import Sequence
from typing import Final

import asyncpg

from console.database import database_errors, reading
from shared.database import Pool

HISTORY: Final = """
SELECT * FROM dead_letter_operations
WHERE $1::bigint IS NULL OR id = $1 ORDER BY id DESC LIMIT $2
"""


async def latest(
    pool: Pool, url: str, *, limit: int, number: int | None = None
) -> Sequence[asyncpg.Record]:
    """The latest operations, or the one of that number.

    Raises DatabaseAwayError, which names the server of `url`.
    """
    with database_errors(url):
        async with reading(pool) as connection:
            return await connection.fetch(HISTORY, number, limit)
