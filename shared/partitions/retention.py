"""What is older than it has to be kept: partitions are dropped, rows of small tables deleted."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Self

from shared.database import Connection, Pool
from shared.partitions import plan, standing, turns
from shared.partitions.acts import Act, Verb
from shared.partitions.partition import Partition
from shared.settings import Settings


@dataclass(frozen=True, slots=True)
class Retention:
    """How long what is kept; None: for ever, or not by this process.

    `pulls` are the ids of those that were counted.
    """

    tracking: timedelta | None = None
    geo: timedelta | None = None
    operations: timedelta | None = None
    pulls: timedelta | None = None

    @classmethod
    def of(cls, settings: Settings) -> Self:
        return cls(
            *(
                None if seconds is None else timedelta(seconds=seconds)
                for seconds in (
                    settings.retention_tracking,
                    settings.retention_geo,
                    settings.retention_operations,
                    settings.pulls_window if settings.pulls else None,
                )
            )
        )


async def drop(
    pool: Pool, now: datetime, retention: Retention, *, dry_run: bool = False
) -> AsyncIterator[Act]:
    """Drop what is wholly older, but no geo events that a site of `geo_sites` has not read; say it.

    Raises what asyncpg raises.
    """
    async with pool.acquire() as connection:
        seen = await standing.look(connection)
    kept = {plan.TRACKING: retention.tracking, plan.GEO: retention.geo}
    for table in plan.TABLES:
        for partition in plan.to_drop(seen, table, now, kept[table]):
            if why := await _needed(pool, partition):
                yield _act(Verb.KEPT, partition, why)
            elif dry_run or await _drop(pool, partition):
                yield _act(Verb.DROPPED, partition)


UNREAD = """
SELECT name, cursor, highest
FROM geo_sites,
    (SELECT max(id) AS highest FROM geo_events WHERE recorded_at >= $1 AND recorded_at < $2) AS log
WHERE cursor < highest ORDER BY cursor, name LIMIT 1
"""


async def _needed(pool: Pool, partition: Partition) -> str:
    if partition.table != plan.GEO:
        return ""
    row = await pool.fetchrow(UNREAD, *partition.range)
    return f"site {row[0]} has read until id {row[1]}, it has ids until {row[2]}" if row else ""


DROP = "SELECT drop_partition(to_regclass(quote_ident($1)))"


async def _drop(pool: Pool, partition: Partition) -> bool:
    """Whether it was this call that dropped it."""

    async def step(connection: Connection) -> bool:
        return bool(await connection.fetchval(DROP, partition.name, timeout=turns.SECONDS))

    return await turns.take(pool, step)


def _act(verb: Verb, partition: Partition, why: str = "") -> Act:
    first, until = partition.range
    return Act(
        verb,
        partition.table,
        until,
        first,
        partition.name,
        rows=partition.rows,
        bytes=partition.bytes,
        why=why,
    )
