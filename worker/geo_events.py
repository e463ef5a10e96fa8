"""The table `geo_events`: a log whose ids have no gaps and follow the order of commits."""

from collections.abc import Sequence

from shared.database import Connection
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
    $2::text[], $3::bigint[], $4::text[], $5::text[], $6::text[], $7::timestamptz[]
) WITH ORDINALITY AS event (
    event_id, container_repository_id, action, tag, digest, occurred_at, position
)
"""


async def append(connection: Connection, verdicts: Sequence[Verdict]) -> None:
    """Append one row for each verdict, in their order. Nothing may follow but the commit."""
    columns = zip(*map(_row, verdicts), strict=True)
    await connection.execute(APPEND, len(verdicts), *columns)


def _row(verdict: Verdict) -> tuple[object, ...]:
    event = verdict.event
    return (
        event.id,
        verdict.container_repository_id,
        event.action,
        event.tag or None,
        event.digest or None,
        event.timestamp,
    )
