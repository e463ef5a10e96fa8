"""What renames that are new leave in the database, but for the rows of `geo_events` themselves."""

from collections.abc import Sequence

from shared.database import Connection
from shared.event import Event
from shared.settings import CatalogueMode
from worker.renames import moves, overtaken
from worker.tables.geo_events import Row, of_rename
from worker.verdicts import repository_key


async def relocate(
    connection: Connection, renames: Sequence[Event], mode: CatalogueMode
) -> list[Row]:
    """Move what they rename, one after another; the geo events that are then to be appended."""
    if mode is CatalogueMode.LOOKUP:
        return [row for rename in renames for row in await _seen(connection, rename)]
    geo: list[Row] = []
    gone: dict[int, int] = {}
    since = [await overtaken.earliest(connection, rename) for rename in renames]
    for rename, earliest in zip(renames, since, strict=True):
        moved = await moves.move(connection, rename, earliest)
        geo += moved.geo.values()
        gone = {row: moved.gone.get(there, there) for row, there in gone.items()} | moved.gone
    # Not before all have moved: by its events a move knows that a row was there.
    for rename, earliest in zip(renames, since, strict=True):
        geo += await overtaken.set_right(connection, rename, earliest, gone)
    return geo


FIND = """
SELECT id, path, path = $3 OR starts_with(path, $3 || '/') AS is_new
FROM container_repositories
WHERE source = $1 AND (
    path = $2 OR starts_with(path, $2 || '/') OR path = $3 OR starts_with(path, $3 || '/')
)
ORDER BY is_new
"""


async def _seen(connection: Connection, rename: Event) -> list[Row]:
    """Of the rows that the platform has, whether it has moved them already or not."""
    source, before = repository_key(rename)
    found: dict[str, int] = {}
    for row in await connection.fetch(FIND, source, before, rename.renamed_to):
        known_as = rename.renamed_to if row["is_new"] else before
        found[before + row["path"].removeprefix(known_as)] = row["id"]
    return [of_rename(rename, row, path) for path, row in found.items()]
