"""Which repositories exist: the table `container_repositories`."""

from collections.abc import Collection

from shared.database import Connection
from worker.verdicts import Catalogue

FIND = "SELECT id, path FROM container_repositories WHERE path = ANY($1::text[])"


async def look_up(connection: Connection, paths: Collection[str]) -> Catalogue:
    """The rows of `paths`, without writing any."""
    rows = await connection.fetch(FIND, list(paths))
    return Catalogue(ids={row["path"]: row["id"] for row in rows})


# The conflict is another worker that commits first: it is the creator, we find its row afterwards.
REGISTER = """
INSERT INTO container_repositories (path)
SELECT path FROM unnest($1::text[]) AS path
ON CONFLICT (path) DO NOTHING
RETURNING id, path
"""


async def register(
    connection: Connection, paths: Collection[str], pushed: Collection[str]
) -> Catalogue:
    """The rows of `paths`; those of `pushed` that have none get one, exactly one worker's.

    New paths are inserted, and so locked, in sorted order: no two workers can deadlock.
    """
    known = await look_up(connection, paths)
    missing = sorted(set(pushed) - known.ids.keys())
    if not missing:
        return known
    created = await connection.fetch(REGISTER, missing)
    created_paths = frozenset(row["path"] for row in created)
    others = await look_up(connection, set(missing) - created_paths)
    return Catalogue(
        ids={**known.ids, **others.ids, **{row["path"]: row["id"] for row in created}},
        created=created_paths,
    )
