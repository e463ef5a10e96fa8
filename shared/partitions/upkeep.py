"""All that the tables need from time to time, in one round."""

from collections.abc import AsyncIterator
from datetime import datetime

from shared.database import Pool
from shared.partitions import making, remains
from shared.partitions import retention as old
from shared.partitions.acts import Act
from shared.partitions.retention import Retention


async def keep_up(
    pool: Pool, retention: Retention, *, now: datetime | None = None, dry_run: bool = False
) -> AsyncIterator[Act]:
    """Make partitions ahead, drop old ones, delete old rows; say what is done, or would be.

    By the database's clock unless `now` is given: that of a worker could be years ahead, and
    what is dropped does not come back. Safe beside others who do the same. Raises what asyncpg
    raises; what was done until then stays done.
    """
    now = now or await clock(pool)
    async for act in making.make(pool, now, dry_run=dry_run):
        yield act
    async for act in old.drop(pool, now, retention, dry_run=dry_run):
        yield act
    async for act in remains.delete(pool, now, retention, dry_run=dry_run):
        yield act


CLOCK = "SELECT now()"


async def clock(pool: Pool) -> datetime:
    now: datetime = await pool.fetchval(CLOCK)
    return now
