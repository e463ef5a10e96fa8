"""Which repositories exist: the table `container_repositories`."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime

import asyncpg

from shared.database import Connection
from shared.event import Event
from shared.origin import DEFAULT_SOURCE
from worker.renames import repository_renames
from worker.verdicts import Catalogue, EventKey, RepositoryKey, astray, repository_key

FIND = """
SELECT id, source, path, creation_pending, path_since FROM ONLY container_repositories
WHERE path = ANY($1::text[])
"""
FIND_OTHERS = """
SELECT id, source, path, creation_pending, path_since FROM other_container_repositories
WHERE (source, path) IN (SELECT * FROM unnest($1::text[], $2::text[]))
"""


async def look_up(connection: Connection, keys: Collection[RepositoryKey]) -> Catalogue:
    """The rows of `keys`, without writing any."""
    paths, others = _apart(keys)
    rows = await connection.fetch(FIND, paths) if paths else []
    if others:
        rows += await connection.fetch(FIND_OTHERS, *zip(*others, strict=True))
    return _catalogue(rows)


async def register(connection: Connection, events: Sequence[Event]) -> Catalogue:
    """The rows of the events' repositories; those that have none get one.

    An event from before a rename is of the repository that is at the new path now.
    """
    keys = set(map(repository_key, events))
    known = await look_up(connection, keys)
    moments = astray(events, known)
    if not moments:
        return known
    ways = await repository_renames.follow(connection, moments)
    wanted = {way.key: way.since for way in ways.values() if way.key not in known.ids}
    moved = {moment: way.key for moment, way in ways.items() if way.key != moment[0]}
    return known | await ensure(connection, wanted) | Catalogue({}, moved=moved)


# The conflict is another worker that commits first; we find its row afterwards.
REGISTER = """
INSERT INTO container_repositories (path, path_since, creation_pending)
SELECT path, path_since, true
FROM unnest($1::text[], $2::timestamptz[]) AS repository (path, path_since)
ON CONFLICT (path) DO NOTHING
"""
REGISTER_OTHERS = """
INSERT INTO other_container_repositories (source, path, path_since, creation_pending)
SELECT source, path, path_since, true
FROM unnest($1::text[], $2::text[], $3::timestamptz[]) AS repository (source, path, path_since)
ON CONFLICT (source, path) DO NOTHING
"""


async def ensure(
    connection: Connection, wanted: Mapping[RepositoryKey, datetime | None]
) -> Catalogue:
    """The rows of paths that had none, each with the last rename that touched it.

    They are inserted, and so locked, in sorted order, those of the source `default` before all
    others: no two workers can deadlock.
    """
    if not wanted:
        return Catalogue({})
    keys = sorted(wanted)
    paths, others = _apart(keys)
    if paths:
        since = [wanted[DEFAULT_SOURCE, path] for path in paths]
        await connection.execute(REGISTER, paths, since)
    if others:
        columns = zip(*((*key, wanted[key]) for key in others), strict=True)
        await connection.execute(REGISTER_OTHERS, *columns)
    return await look_up(connection, keys)


async def rows_of(
    connection: Connection, ways: Iterable[repository_renames.Way]
) -> Mapping[RepositoryKey, int]:
    """The rows at the ends of ways; those that have none get one."""
    since = {way.key: way.since for way in ways}
    known = await look_up(connection, since)
    missing = {key: since[key] for key in since if key not in known.ids}
    return (known | await ensure(connection, missing)).ids


# Locked in the order of ids first: an UPDATE alone takes them in any.
CLAIM = """
WITH pending AS MATERIALIZED (
    SELECT repository.id, claim.occurred_at, claim.event_id
    FROM container_repositories AS repository
    JOIN unnest($1::bigint[], $2::timestamptz[], $3::text[]) AS claim (id, occurred_at, event_id)
        ON claim.id = repository.id
    WHERE repository.creation_pending ORDER BY repository.id FOR UPDATE OF repository
)
UPDATE container_repositories AS repository
SET creation_pending = false, created_by = pending.event_id,
    creation_occurred_at = pending.occurred_at
FROM pending WHERE repository.id = pending.id
RETURNING repository.id
"""


async def claim_creations(connection: Connection, events: Mapping[int, EventKey]) -> set[EventKey]:
    """Those of the events, by row, that create its repository; no other transaction's will."""
    times, ids, _scopes = zip(*events.values(), strict=True) if events else ((), (), ())
    rows = await connection.fetch(CLAIM, list(events), times, ids)
    return {events[row["id"]] for row in rows}


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
        since={
            (row["source"], row["path"]): row["path_since"] for row in rows if row["path_since"]
        },
    )
