"""The table `pull_counts`: how often, by repository, tag and day."""

from collections.abc import Sequence

from shared.database import Connection, as_json
from worker.pulls.count import Count

ADD = """
INSERT INTO pull_counts AS known (
    source, repository, tag, day, last_pulled_at, manifest_gets, manifest_heads, blob_gets,
    blob_heads
)
SELECT
    source, repository, tag, day, last_pulled_at, manifest_gets, manifest_heads, blob_gets,
    blob_heads
FROM json_to_recordset($1::json) AS pull (
    source text, repository text, tag text, day date, last_pulled_at timestamptz,
    manifest_gets bigint, manifest_heads bigint, blob_gets bigint, blob_heads bigint
)
ON CONFLICT (source, repository, tag, day) DO UPDATE SET
    last_pulled_at = greatest(known.last_pulled_at, excluded.last_pulled_at),
    manifest_gets = known.manifest_gets + excluded.manifest_gets,
    manifest_heads = known.manifest_heads + excluded.manifest_heads,
    blob_gets = known.blob_gets + excluded.blob_gets,
    blob_heads = known.blob_heads + excluded.blob_heads
"""


async def add(connection: Connection, counts: Sequence[Count]) -> None:
    """Add `counts`, which are in the order of their keys: no two workers can deadlock."""
    await connection.execute(ADD, as_json(counts))
