"""What a rename does to the catalogue: rows move, or give way to the row that is there already."""

from dataclasses import dataclass, field
from datetime import datetime

import asyncpg

from shared.database import Connection
from shared.event import Event
from worker.renames import repository_renames
from worker.tables import catalogue, creations
from worker.tables.geo_events import Row, of_rename
from worker.verdicts import RepositoryKey, creation, repository_key

# A later rename may have given the path to another repository, and events of after this one may
# have registered one: these stay where they are. `path_since` is the rename that brought a row to
# its path, or the last one away from there that it stayed behind or came after.
ROWS_BELOW = """
SELECT
    id, path, creation_pending, created_by, creation_occurred_at,
    created_at >= $4 AND NOT EXISTS (
        SELECT FROM repository_renames AS rename
        WHERE rename.registry_source = $1 AND rename.occurred_at = repository.path_since
            AND rename.to_path = ANY(repository_and_parents(repository.path))
    ) AND id NOT IN (
        SELECT container_repository_id FROM tracking_events
        WHERE recorded_at >= $4 AND occurred_at <= $3 AND container_repository_id IS NOT NULL
    ) AS is_later
FROM container_repositories AS repository
WHERE source = $1 AND (path = $2 OR starts_with(path, $2 || '/'))
    AND (path_since IS NULL OR path_since <= $3)
"""


@dataclass(slots=True)
class Moved:
    """What one rename left: its geo rows by repository, and for rows that are gone which remain."""

    geo: dict[int, Row] = field(default_factory=dict)
    gone: dict[int, int] = field(default_factory=dict)


async def move(connection: Connection, rename: Event, since: datetime) -> Moved:
    """Move the row of the repository, and of all below it, to where they are now.

    The repository is registered there if it had no row. What overtook the rename was recorded
    after `since`. This transaction is alone (repository_renames.ALONE).
    """
    source, before = repository_key(rename)
    found = await connection.fetch(ROWS_BELOW, source, before, rename.timestamp, since)
    rows = [row for row in found if not row["is_later"]]
    after = {
        path: rename.renamed_to + path.removeprefix(before)
        for path in [before, *(row["path"] for row in rows)]
    }
    moments = {((source, path), rename.timestamp) for path in after.values()}
    ways = await repository_renames.follow(connection, moments, after=rename.id)
    now = {path: ways[(source, path), rename.timestamp].key for path in after.values()}
    moved = Moved()
    # To below itself the deepest first, so that each finds its place free.
    deepest_first = rename.renamed_to.startswith(f"{before}/")
    for row in sorted(rows, key=lambda row: str(row["path"]), reverse=deepest_first):
        if (key := now[after[row["path"]]]) != (source, row["path"]):
            await _move(connection, rename, row, key, moved)
    way = ways[(source, rename.renamed_to), rename.timestamp]
    await _arrive(connection, rename, way, moved)
    touched = {*moved.geo, *(row["id"] for row in found if row["is_later"])}
    await connection.execute(TOUCH, list(touched), rename.timestamp)
    return moved


AT = """
SELECT id, creation_pending, created_by, creation_occurred_at FROM container_repositories
WHERE source = $1 AND path = $2
"""
MOVE = "UPDATE container_repositories SET path = $2 WHERE id = $1"
TOUCH = """
UPDATE container_repositories SET path_since = greatest(path_since, $2)
WHERE id = ANY($1::bigint[])
"""


async def _move(
    connection: Connection, rename: Event, row: asyncpg.Record, key: RepositoryKey, moved: Moved
) -> None:
    there = await connection.fetchrow(AT, *key)
    if there is None:
        await connection.execute(MOVE, row["id"], key[1])
        moved.geo[row["id"]] = of_rename(rename, row["id"], row["path"])
    else:
        await _give_way(connection, key[0], row, there)
        moved.gone[row["id"]] = there["id"]
        moved.geo[there["id"]] = of_rename(rename, there["id"], row["path"], row["id"])


async def _arrive(
    connection: Connection, rename: Event, way: repository_renames.Way, moved: Moved
) -> None:
    """There is a row where the repository is now, and a geo event of it."""
    row = (await catalogue.rows_of(connection, [way]))[way.key]
    moved.geo.setdefault(row, of_rename(rename, row, rename.repository))


DELETE = "DELETE FROM container_repositories WHERE id = $1"
KEEP = """
UPDATE container_repositories
SET creation_pending = false, creation_occurred_at = $2, created_by = $3
WHERE id = $1
"""


async def _give_way(
    connection: Connection, source: str, row: asyncpg.Record, there: asyncpg.Record
) -> None:
    """The row there is kept, since a push to the new path has used its id; of two creations one."""
    claims = [_creator(one) for one in (there, row) if not one["creation_pending"]]
    if claims:
        order = await creations.in_order(connection, [one for one in claims if one], source)
        creator, others = creation(claims, order)
        await creations.mark_pushed(connection, others)
        await connection.execute(KEEP, there["id"], *(creator or (None, None))[:2])
    await connection.execute(DELETE, row["id"])


def _creator(row: asyncpg.Record) -> creations.Creator | None:
    created_by = row["created_by"]
    return None if created_by is None else (row["creation_occurred_at"], created_by)
