"""What a site has yet to make equal: the table `geo_pending`."""

from collections.abc import Collection, Sequence
from datetime import timedelta

from msgspec import Struct

from geo.following.journal import Due, Repository
from shared.database import Connection, as_json


class _Row(Struct):
    """Of a `Due`; fields are columns."""

    source: str
    path: str
    change_id: int


# What somebody works on stays his: he is told at its end that it has to be done again. Sorted, so
# that two who add the same wait for each other instead of both for ever.
ADD = """
INSERT INTO geo_pending AS pending (site, source, path, change_id)
SELECT $1, source, path, max(change_id)
FROM json_to_recordset($2::json) AS due (source text, path text, change_id bigint)
GROUP BY source, path ORDER BY source, path
ON CONFLICT (site, source, path) DO UPDATE SET
    change_id = greatest(pending.change_id, excluded.change_id), due_at = now()
"""


async def add(connection: Connection, site: str, due: Collection[Due]) -> None:
    """They are due at once, also what waited since it had failed."""
    rows = [_Row(*one.repository, one.change_id) for one in due]
    await connection.execute(ADD, site, as_json(rows))


ADD_ALL = """
INSERT INTO geo_pending AS pending (site, source, path, change_id)
SELECT $1, source, path, $3 FROM container_repositories
WHERE $2::text IS NULL OR source = $2
ORDER BY source, path
ON CONFLICT (site, source, path) DO UPDATE SET
    change_id = greatest(pending.change_id, excluded.change_id), due_at = now()
"""


async def add_all(
    connection: Connection, site: str, source: str | None, change_id: int, *, seconds: float
) -> None:
    """The whole catalogue, or what it has of a source, within so many seconds."""
    await connection.execute(ADD_ALL, site, source, change_id, timeout=seconds)


DUE = "SELECT count(*) FROM geo_pending WHERE site = $1 AND due_at <= now()"


async def due(connection: Connection, site: str) -> int:
    count: int = await connection.fetchval(DUE, site)
    return count


# Materialized, so that it is asked once: within a join it may be asked for each row, and each time
# lock the next ones, which is more than the limit.
CLAIM = """
WITH due AS MATERIALIZED (
    SELECT source, path FROM geo_pending
    WHERE site = $1 AND due_at <= now() AND (held_until IS NULL OR held_until <= now())
    ORDER BY due_at LIMIT $2 FOR UPDATE SKIP LOCKED
)
UPDATE geo_pending AS pending SET held_until = now() + $3::interval
FROM due
WHERE pending.site = $1 AND pending.source = due.source AND pending.path = due.path
RETURNING pending.source, pending.path, pending.change_id, pending.attempts
"""


async def claim(connection: Connection, site: str, limit: int, lease: timedelta) -> Sequence[Due]:
    rows = await connection.fetch(CLAIM, site, limit, lease)
    return [
        Due(Repository(row["source"], row["path"]), row["change_id"], row["attempts"])
        for row in rows
    ]


RENEW = """
UPDATE geo_pending AS pending SET held_until = now() + $3::interval
FROM (
    SELECT source, path FROM geo_pending
    JOIN json_to_recordset($2::json) AS held (source text, path text) USING (source, path)
    WHERE site = $1 AND held_until IS NOT NULL
    ORDER BY source, path FOR UPDATE OF geo_pending
) AS held
WHERE pending.site = $1 AND pending.source = held.source AND pending.path = held.path
"""


async def renew(connection: Connection, site: str, held: Collection[Due], lease: timedelta) -> None:
    """What somebody else has settled meanwhile is left alone."""
    rows = [_Row(*one.repository, one.change_id) for one in held]
    await connection.execute(RENEW, site, as_json(rows), lease)


EQUAL = """
DELETE FROM geo_pending WHERE site = $1 AND source = $2 AND path = $3 AND change_id = $4
"""
AGAIN = """
UPDATE geo_pending
SET held_until = NULL, due_at = now(), since = now(), attempts = 0, cause = NULL
WHERE site = $1 AND source = $2 AND path = $3 AND change_id > $4
"""


async def equal(connection: Connection, site: str, due: Due) -> None:
    key = (site, *due.repository, due.change_id)
    await connection.execute(EQUAL, *key)
    await connection.execute(AGAIN, *key)


# A later change may have mended it. Nothing is done if it has failed since for somebody else, whose
# turn it was after the lease.
FAILED = """
UPDATE geo_pending
SET held_until = NULL, attempts = attempts + 1, cause = $6,
    due_at = now() + CASE WHEN change_id > $4 THEN interval '0' ELSE $7::interval END
WHERE site = $1 AND source = $2 AND path = $3 AND attempts = $5
"""


async def failed(connection: Connection, site: str, due: Due, cause: str, again: timedelta) -> None:
    key = (site, *due.repository, due.change_id, due.attempts)
    await connection.execute(FAILED, *key, cause, again)
