"""Which repositories exist: the table `container_repositories`."""

from collections.abc import Collection, Iterable

import asyncpg

from shared.database import Connection
from worker.verdicts import Catalogue

FIND = "SELECT id, path, creation_pending FROM container_repositories WHERE path = ANY($1::text[])"


async def look_up(connection: Connection, paths: Collection[str]) -> Catalogue:
    """The rows of `paths`, without writing any."""
    return _catalogue(await connection.fetch(FIND, list(paths)))


# The conflict is another worker that commits first; we find its row afterwards.
REGISTER = """
INSERT INTO container_repositories (path, creation_pending)
SELECT path, true FROM unnest($1::text[]) AS path
ON CONFLICT (path) DO NOTHING
"""


async def register(connection: Connection, paths: Collection[str]) -> Catalogue:
    """The rows of `paths`; those that have none get one.

    New paths are inserted, and so locked, in sorted order: no two workers can deadlock.
    """
    known = await look_up(connection, paths)
    missing = sorted(set(paths) - known.ids.keys())
    if not missing:
        return known
    await connection.execute(REGISTER, missing)
    return known | await look_up(connection, missing)


# Locked in the order of ids first: an UPDATE alone takes them in any.
CLAIM = """
WITH pending AS MATERIALIZED (
    SELECT id FROM container_repositories
    WHERE id = ANY($1::bigint[]) AND creation_pending ORDER BY id FOR UPDATE
)
UPDATE container_repositories AS repository SET creation_pending = false
FROM pending WHERE repository.id = pending.id
RETURNING repository.id
"""


async def claim_creations(connection: Connection, ids: Collection[int]) -> set[int]:
    """Those of `ids` whose creation is for this transaction to record; no other one gets them."""
    return {row["id"] for row in await connection.fetch(CLAIM, list(ids))}


def _catalogue(rows: Iterable[asyncpg.Record]) -> Catalogue:
    rows = list(rows)
    return Catalogue(
        ids={row["path"]: row["id"] for row in rows},
        pending=frozenset(row["id"] for row in rows if row["creation_pending"]),
    )
