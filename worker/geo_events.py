"""The table `geo_events`: a log whose ids have no gaps and follow the order of commits."""

from collections.abc import Sequence
from typing import Any

from shared.database import Connection
from worker.columns import Columns
from worker.verdicts import Verdict

# The counter's row stays locked until the commit, which is why this is the last statement.
APPEND = """
WITH counter AS (
    UPDATE geo_event_counter SET last_id = last_id + $1 RETURNING last_id - $1 AS before
)
INSERT INTO geo_events (
    id, event_id, container_repository_id, action, tag, digest, occurred_at
)
SELECT
    counter.before + event.position, event.event_id, event.container_repository_id,
    event.action, event.tag, event.digest, event.occurred_at
FROM counter, unnest(
    string_to_array($4, $2, $3), string_to_array($5, $2, $3), string_to_array($6, $2, $3),
    string_to_array($7, $2, $3), $8::bigint[], $9::timestamptz[]
) WITH ORDINALITY AS event (
    event_id, action, tag, digest, container_repository_id, occurred_at, position
)
"""


async def append(connection: Connection, verdicts: Sequence[Verdict]) -> None:
    """Append one row for each verdict, in their order. Nothing may follow but the commit."""
    *texts, repository_ids, moments = zip(*map(_row, verdicts), strict=True)
    columns = Columns()
    await connection.execute(
        APPEND,
        len(verdicts),
        columns.between,
        columns.null,
        *map(columns.of, texts),
        repository_ids,
        moments,
    )


def _row(verdict: Verdict) -> tuple[Any, ...]:
    event = verdict.event
    return (
        event.id,
        event.action,
        event.tag or None,
        event.digest or None,
        verdict.container_repository_id,
        event.timestamp,
    )
