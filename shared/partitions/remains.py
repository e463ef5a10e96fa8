"""Rows of tables that are too small for partitions, deleted when they are old."""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import NamedTuple

from shared.database import Pool
from shared.partitions.acts import Act, Verb
from shared.partitions.retention import Retention


class _Rows(NamedTuple):
    """Of `table`, those whose `moment` is before `until`."""

    table: str
    moment: str
    until: datetime


KEPT_FROM = "SELECT kept_from FROM dropped_ranges WHERE parent = 'tracking_events'"


async def delete(
    pool: Pool, now: datetime, retention: Retention, *, dry_run: bool = False
) -> AsyncIterator[Act]:
    """Delete them, some thousands at a time, and say how many. Raises what asyncpg raises."""
    old = []
    if retention.tracking is not None:
        until = now - retention.tracking
        # There stand absurd clocks, whose own time says nothing of their age.
        old += [_Rows("tracking_events_default", "recorded_at", until)]
        old += [_Rows("conflicting_events", "seen_at", until)]
        # An id is needed for as long as the events of its time are.
        if kept_from := await pool.fetchval(KEPT_FROM):
            old += [_Rows("received_events", "occurred_at", kept_from)]
    if retention.operations is not None:
        old += [_Rows("dead_letter_operations", "started_at", now - retention.operations)]
    if retention.pulls is not None:
        old += [_Rows("counted_pulls", "counted_at", now - retention.pulls)]
    for rows in old:
        if count := await _delete(pool, rows, dry_run=dry_run):
            yield Act(Verb.DELETED, rows.table, rows.until, rows=count)


COUNT = "SELECT count(*) FROM {table} WHERE {moment} < $1"
DELETE = """
WITH deleted AS (
    DELETE FROM {table} WHERE ctid = ANY (ARRAY(
        SELECT ctid FROM {table} WHERE {moment} < $1 LIMIT 5000
    )) RETURNING 1
)
SELECT count(*) FROM deleted
"""


async def _delete(pool: Pool, rows: _Rows, *, dry_run: bool) -> int:
    """How many there were."""
    table, moment, until = rows
    if dry_run:
        return int(await pool.fetchval(COUNT.format(table=table, moment=moment), until))
    statement, count = DELETE.format(table=table, moment=moment), 0
    while some := await pool.fetchval(statement, until):
        count += some
    return count
