"""Whose locks keep ours waiting: from the server's own views, which wait for no table's lock."""

from collections.abc import Sequence
from typing import Final

from console.database import reading
from console.overview.seen.database import LockHolder
from shared.database import Pool
from shared.text import printable

_LONGEST: Final = 64

# Locks and names of sessions are everybody's to see; the state and the start of a transaction only
# those of its user. A session that itself waits passes the question on. A reader is kept by an
# ACCESS EXCLUSIVE lock alone, held or wanted.
_HOLDERS: Final = """
WITH RECURSIVE kept (session, by) AS (
    SELECT lock.pid, unnest(pg_blocking_pids(lock.pid))
    FROM pg_locks AS lock JOIN pg_stat_activity AS session USING (pid)
    WHERE NOT lock.granted AND lock.waitstart < statement_timestamp() - interval '1 s'
      AND session.datname = current_database()
      AND session.application_name LIKE 'registry-events%'
    UNION
    SELECT NULL, coalesce(lock.pid, 0)
    FROM pg_locks AS lock
    WHERE $1 AND lock.locktype = 'relation' AND lock.mode = 'AccessExclusiveLock'
      AND lock.database = (SELECT oid FROM pg_database WHERE datname = current_database())
      AND lock.relation IN (
          SELECT oid FROM pg_class WHERE relnamespace = current_schema()::regnamespace
      )
    UNION
    SELECT kept.session, unnest(pg_blocking_pids(kept.by)) FROM kept
)
SELECT kept.by AS pid,
       coalesce(holder.application_name, '') AS application,
       coalesce(holder.usename, '') AS "user",
       coalesce(holder.state, '') AS state,
       extract(epoch FROM statement_timestamp() - holder.xact_start)::float8 AS transaction_age,
       count(DISTINCT kept.session) AS waiting
FROM kept LEFT JOIN pg_stat_activity AS holder ON holder.pid = kept.by
WHERE cardinality(pg_blocking_pids(kept.by)) = 0
GROUP BY 1, 2, 3, 4, 5 ORDER BY waiting DESC, transaction_age DESC NULLS LAST LIMIT 3
"""


async def look(pool: Pool, *, for_readers: bool) -> Sequence[LockHolder]:
    """Who keeps sessions of ours waiting for more than a second.

    `for_readers`: also who keeps those waiting that only read. Raises what asyncpg raises, and
    TimeoutError.
    """
    async with reading(pool) as connection:
        rows = await connection.fetch(_HOLDERS, for_readers)
    return [
        LockHolder(
            pid=row["pid"],
            application=printable(row["application"], _LONGEST),
            user=printable(row["user"], _LONGEST),
            state=row["state"],
            transaction_age=row["transaction_age"],
            waiting=row["waiting"],
        )
        for row in rows
    ]
