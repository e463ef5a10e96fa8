"""What is recorded of a source's tags, under the paths that its repositories have now."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from geo.reconciling.agreement import Changes
from geo.reconciling.renames import Rename, Renames
from geo.reconciling.tags import Kept, Recorded
from shared.database import Pool, borrowed

# Of one statement: some hundred repositories may have millions of events.
_SECONDS: Final = 60.0

RENAMES: Final = """
SELECT from_path, to_path, occurred_at, event_id FROM repository_renames WHERE registry_source = $1
"""


async def renames(pool: Pool, source: str) -> Renames:
    rows = await pool.fetch(RENAMES, source, timeout=_SECONDS)
    return Renames([Rename(*row) for row in rows])


PATHS: Final = "SELECT path FROM container_repositories WHERE source = $1 ORDER BY path"


async def paths(pool: Pool, source: str) -> Sequence[str]:
    """All repositories of the catalogue."""
    return [row["path"] for row in await pool.fetch(PATHS, source, timeout=_SECONDS)]


# For each name the last of each tag, by the index on repository. Nothing happens after it was
# recorded: where a clock says so, the time of the record counts, or a clock that was ahead once
# would have the last word for ever.
EVENTS: Final = """
SELECT spell.path, event.*
FROM unnest($2::text[], $3::text[], $4::timestamptz[], $5::timestamptz[])
    AS spell (path, name, since, until)
CROSS JOIN LATERAL (
    SELECT DISTINCT ON (tag)
        tag, action = 'push_tag' AS is_there, digest,
        least(occurred_at, recorded_at) AS moment, event_id
    FROM tracking_events
    WHERE repository = spell.name AND registry_source = $1
        AND action IN ('push_tag', 'delete_tag') AND tag IS NOT NULL
        AND (spell.since IS NULL OR occurred_at > spell.since)
        AND (spell.until IS NULL OR occurred_at <= spell.until)
    ORDER BY tag, moment DESC, occurred_at DESC, recorded_at DESC, event_id DESC
) AS event
"""
KEPT: Final = """
SELECT repository, tag, digest, occurred_at, event_id FROM reconciled_tags
WHERE source = $1 AND repository = ANY($2::text[])
"""
# Where many partitions are asked for a few rows each, compiling takes longer than all else.
_AS_IT_IS: Final = "SET LOCAL jit = off"


@dataclass(slots=True)
class Known:
    """Of one repository: the last of each tag, and the rows that an earlier look has left."""

    tags: dict[str, Recorded] = field(default_factory=dict)
    kept: list[Kept] = field(default_factory=list)

    def add(self, tag: str, recorded: Recorded) -> None:
        known = self.tags.get(tag)
        if known is None or recorded.occurred_at > known.occurred_at:
            self.tags[tag] = recorded


async def read(
    pool: Pool, source: str, repositories: Sequence[str], moved: Renames
) -> Mapping[str, Known]:
    """What is recorded of each of `repositories`; of some hundred in one statement.

    Raises what asyncpg raises.
    """
    spells = [spell for path in repositories for spell in moved.spells(path)]
    known: dict[str, Known] = defaultdict(Known)
    async with (
        borrowed(pool, seconds=_SECONDS) as connection,
        connection.transaction(readonly=True),
    ):
        await connection.execute(_AS_IT_IS)
        names = list({spell.name for spell in spells})
        kept = [Kept(*row) for row in await connection.fetch(KEPT, source, names)]
        columns = zip(*spells, strict=True) if spells else ((),) * 4
        events = await connection.fetch(EVENTS, source, *columns, timeout=_SECONDS)
    # These first: of the same event they may know a digest that it does not tell.
    for one in kept:
        there = known[moved.now(one.repository, one.occurred_at)]
        there.kept.append(one)
        there.add(one.tag, Recorded(True, one.digest, one.occurred_at, one.event_id))
    for path, tag, *last in events:
        known[path].add(tag, Recorded(*last))
    return {path: known[path] for path in repositories}


WRITE: Final = """
INSERT INTO reconciled_tags AS kept (source, repository, tag, digest, occurred_at, event_id)
SELECT $1, * FROM unnest($2::text[], $3::text[], $4::text[], $5::timestamptz[], $6::text[])
ON CONFLICT (source, repository, tag) DO UPDATE SET
    digest = excluded.digest, occurred_at = excluded.occurred_at, event_id = excluded.event_id
WHERE kept.occurred_at <= excluded.occurred_at
"""
DELETE: Final = """
DELETE FROM reconciled_tags AS kept
USING unnest($2::text[], $3::text[], $4::text[]) AS gone (repository, tag, event_id)
WHERE kept.source = $1 AND kept.repository = gone.repository AND kept.tag = gone.tag
    AND kept.event_id = gone.event_id
"""


async def keep(pool: Pool, source: str, changes: Sequence[Changes]) -> None:
    """Write down what agrees, as far as it differs from what an earlier look has left."""
    written = sorted(one for each in changes for one in each.written)
    deleted = sorted(one for each in changes for one in each.deleted)
    if deleted:
        columns = zip(*((one.repository, one.tag, one.event_id) for one in deleted), strict=True)
        await pool.execute(DELETE, source, *columns)
    if written:
        await pool.execute(WRITE, source, *zip(*written, strict=True))
