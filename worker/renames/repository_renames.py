"""The table `repository_renames`: which paths repositories had before, and since when not."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Final, NamedTuple

from shared.database import Connection
from shared.event import Event
from worker.verdicts import Moment, RepositoryKey

# The first statement of a transaction that writes to the catalogue. Many register beside each
# other, who moves rows is alone: no row vanishes between its look-up and its use, nobody registers
# a path that is just given up, and there is no order of locks to keep.
BESIDE_OTHERS: Final = "LOCK TABLE repository_renames IN ROW EXCLUSIVE MODE"
ALONE: Final = "LOCK TABLE repository_renames IN SHARE ROW EXCLUSIVE MODE"

INSERT = """
INSERT INTO repository_renames (event_id, registry_source, from_path, to_path, occurred_at)
SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::timestamptz[])
ON CONFLICT (event_id) DO NOTHING
RETURNING event_id
"""


async def insert(connection: Connection, renames: Sequence[Event]) -> list[Event]:
    """Insert what is not there yet; the renames that are new, in the order in which they happened.

    Rows are inserted, and so their keys locked, in sorted order: no two workers can deadlock.
    """
    first = {rename.id: rename for rename in reversed(renames)}
    rows = [
        (one.id, one.origin.source, one.repository, one.renamed_to, one.timestamp)
        for _, one in sorted(first.items())
    ]
    inserted = await connection.fetch(INSERT, *zip(*rows, strict=True))
    fresh = [first[row["event_id"]] for row in inserted]
    return sorted(fresh, key=lambda rename: (rename.timestamp, rename.id))


class Way(NamedTuple):
    """The repository that was meant, where it is now, and the last rename away from there."""

    key: RepositoryKey
    since: datetime | None


# What happened at the moment of a rename happened before it. Each step is later than the one
# before, so that the way ends, whatever was renamed to what.
FOLLOW = """
WITH RECURSIVE way (number, source, path, occurred_at, event_id, step) AS (
    SELECT asked.number, asked.source, asked.path, asked.occurred_at, $4::text, 0
    FROM unnest($1::text[], $2::text[], $3::timestamptz[])
        WITH ORDINALITY AS asked (source, path, occurred_at, number)
    UNION ALL
    SELECT
        way.number, way.source, next.to_path || substr(way.path, length(next.from_path) + 1),
        next.occurred_at, next.event_id, way.step + 1
    FROM way CROSS JOIN LATERAL (
        SELECT * FROM repository_renames AS rename
        WHERE rename.registry_source = way.source
            AND rename.from_path = ANY(repository_and_parents(way.path))
            AND (rename.occurred_at, rename.event_id) > (way.occurred_at, way.event_id)
        ORDER BY rename.occurred_at, rename.event_id LIMIT 1
    ) AS next
)
SELECT DISTINCT ON (way.number) way.path, (
    SELECT max(rename.occurred_at) FROM repository_renames AS rename
    WHERE rename.registry_source = way.source
        AND rename.from_path = ANY(repository_and_parents(way.path))
) AS since
FROM way ORDER BY way.number, way.step DESC
"""


async def follow(
    connection: Connection, moments: Collection[Moment], *, after: str = ""
) -> Mapping[Moment, Way]:
    """Where what was at a path at a moment is now; `after` is the id of the rename just then."""
    left = await _left(connection, {key for key, _ in moments})
    stayed = {one: Way(one[0], None) for one in moments if left.isdisjoint(_places(one[0]))}
    moments = [one for one in moments if one not in stayed]
    if not moments:
        return stayed
    columns = zip(*((*key, moment) for key, moment in moments), strict=True)
    rows = await connection.fetch(FOLLOW, *columns, after)
    return stayed | {
        moment: Way((moment[0][0], row["path"]), row["since"])
        for moment, row in zip(moments, rows, strict=True)
    }


# Of a batch of new repositories it finds none, soon; to follow each would take a second.
LEFT = """
SELECT DISTINCT registry_source, from_path FROM repository_renames
WHERE (registry_source, from_path) IN (SELECT * FROM unnest($1::text[], $2::text[]))
"""


async def _left(connection: Connection, keys: Collection[RepositoryKey]) -> set[RepositoryKey]:
    """Which of these paths, and of those that they are below, a rename has led away from."""
    places = {place for key in keys for place in _places(key)}
    return {
        (row["registry_source"], row["from_path"])
        for row in await connection.fetch(LEFT, *zip(*places, strict=True))
    }


def _places(key: RepositoryKey) -> Iterator[RepositoryKey]:
    """The path, and all paths that it is below."""
    source, path = key
    parts = path.split("/")
    return ((source, "/".join(parts[:depth])) for depth in range(1, len(parts) + 1))
