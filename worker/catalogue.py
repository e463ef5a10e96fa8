"""Which repositories exist: the table `container_repositories`."""

from collections.abc import Collection, Iterable, Sequence

import asyncpg

from shared.database import Connection
from shared.origin import DEFAULT_SOURCE
from worker.verdicts import Catalogue, RepositoryKey

FIND = """
SELECT id, source, path, creation_pending FROM ONLY container_repositories
WHERE path = ANY($1::text[])
"""
FIND_OTHERS = """
SELECT id, source, path, creation_pending FROM other_container_repositories
WHERE (source, path) IN (SELECT * FROM unnest($1::text[], $2::text[]))
"""


async def look_up(connection: Connection, keys: Collection[RepositoryKey]) -> Catalogue:
    """The rows of `keys`, without writing any."""
    paths, others = _apart(keys)
    rows = await connection.fetch(FIND, paths) if paths else []
    if others:
        rows += await connection.fetch(FIND_OTHERS, *zip(*others, strict=True))
    return _catalogue(rows)


# The conflict is another worker that commits first; we find its row afterwards.
REGISTER = """
INSERT INTO container_repositories (path, creation_pending)
SELECT path, true FROM unnest($1::text[]) AS path
ON CONFLICT (path) DO NOTHING
"""
REGISTER_OTHERS = """
INSERT INTO other_container_repositories (source, path, creation_pending)
SELECT source, path, true FROM unnest($1::text[], $2::text[]) AS repository (source, path)
ON CONFLICT (source, path) DO NOTHING
"""


async def register(connection: Connection, keys: Collection[RepositoryKey]) -> Catalogue:
    """The rows of `keys`; those that have none get one.

    New ones are inserted, and so locked, in sorted order, those of the source `default` before all
    others: no two workers can deadlock.
    """
    known = await look_up(connection, keys)
    missing = sorted(set(keys) - known.ids.keys())
    if not missing:
        return known
    paths, others = _apart(missing)
    if paths:
        await connection.execute(REGISTER, paths)
    if others:
        await connection.execute(REGISTER_OTHERS, *zip(*others, strict=True))
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


def _apart(keys: Iterable[RepositoryKey]) -> tuple[Sequence[str], Sequence[RepositoryKey]]:
    """Paths of the source `default`, whose rows are in a table of their own, and all other keys."""
    keys = list(keys)
    paths = [path for source, path in keys if source == DEFAULT_SOURCE]
    return paths, [key for key in keys if key[0] != DEFAULT_SOURCE]


def _catalogue(rows: Iterable[asyncpg.Record]) -> Catalogue:
    rows = list(rows)
    return Catalogue(
        ids={(row["source"], row["path"]): row["id"] for row in rows},
        pending=frozenset(row["id"] for row in rows if row["creation_pending"]),
    )
