"""Where a repository is now whose row in the catalogue is gone."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import asyncpg

from shared.database import Connection


class Place(NamedTuple):
    """A path, of one of the sources."""

    source: str
    path: str


async def of_gone(connection: Connection, rows: Sequence[asyncpg.Record]) -> Mapping[int, Place]:
    """By the id of rows of `geo_events`; one that nobody knows any more is left out.

    The row gave way to another one in a rename; or the platform that owns it has deleted it, and
    where it was when the event came is the last that is known.
    """
    moved = await _moved(connection, {row["container_repository_id"] for row in rows})
    known = {
        row["id"]: moved[row["container_repository_id"]]
        for row in rows
        if row["container_repository_id"] in moved
    }
    left = [row for row in rows if row["id"] not in known]
    return {**known, **(await _recorded(connection, left) if left else {})}


# A row gives way once, so no way leads back.
MOVED = """
WITH RECURSIVE way (gone, id) AS (
    SELECT gone, gone FROM unnest($1::bigint[]) AS gone
    UNION
    SELECT way.gone, event.container_repository_id
    FROM way JOIN geo_events AS event ON event.former_repository_id = way.id
)
SELECT way.gone, repository.source, repository.path
FROM way JOIN container_repositories AS repository ON repository.id = way.id
"""


async def _moved(connection: Connection, gone: set[int]) -> Mapping[int, Place]:
    rows = await connection.fetch(MOVED, list(gone))
    return {row["gone"]: Place(row["source"], row["path"]) for row in rows}


# A rename has moved what is below its path too.
RECORDED = """
SELECT geo.id, tracked.registry_source AS source, tracked.repository AS path
FROM geo_events AS geo
JOIN tracking_events AS tracked
    ON tracked.occurred_at = geo.occurred_at AND tracked.event_id = geo.event_id
    AND tracked.container_repository_id = geo.container_repository_id
WHERE geo.id = ANY($1::bigint[])
UNION ALL
SELECT
    geo.id, rename.registry_source,
    rename.to_path || substr(geo.former_path, length(rename.from_path) + 1)
FROM geo_events AS geo
JOIN repository_renames AS rename ON rename.event_id = geo.event_id
WHERE geo.id = ANY($1::bigint[]) AND geo.action = 'rename'
"""


async def _recorded(connection: Connection, rows: Sequence[asyncpg.Record]) -> Mapping[int, Place]:
    found = await connection.fetch(RECORDED, [row["id"] for row in rows])
    return {row["id"]: Place(row["source"], row["path"]) for row in found}
