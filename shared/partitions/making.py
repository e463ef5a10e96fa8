"""Partitions that are missing, made."""

from collections.abc import AsyncIterator
from datetime import datetime

from shared.database import Connection, Pool
from shared.partitions import plan, standing, turns
from shared.partitions.acts import Act, Verb
from shared.partitions.months import Range


async def make(pool: Pool, now: datetime, *, dry_run: bool = False) -> AsyncIterator[Act]:
    """Make what is to be made, and say each; safe beside others who do the same.

    Each is of a transaction of its own, so that what is made stays made. Raises what asyncpg
    raises.
    """
    async with pool.acquire() as connection:
        seen = await standing.look(connection)
    for table in plan.TABLES:
        for month in plan.to_make(seen, table, now):
            moved = 0 if dry_run else await _make(pool, table, month)
            if moved is not None:
                yield Act(Verb.MADE, table, month.until, month.first, rows=moved)


MAKE = "SELECT make_partition($1::text::regclass, $2, $3)"


async def _make(pool: Pool, table: str, month: Range) -> int | None:
    """How many rows it got from the default partition; None if somebody else has made it."""

    async def step(connection: Connection) -> int | None:
        moved: int | None = await connection.fetchval(MAKE, table, *month, timeout=turns.SECONDS)
        return moved

    return await turns.take(pool, step)
