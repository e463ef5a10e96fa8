"""The table `geo_events`: a log whose ids have no gaps and follow the order of commits."""

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct

from shared.database import Connection, as_json
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
FROM counter, ROWS FROM (
    json_to_recordset($2::json) AS (
        event_id text, container_repository_id bigint, action text, tag text, digest text,
        occurred_at timestamptz
    )
) WITH ORDINALITY AS event (
    event_id, container_repository_id, action, tag, digest, occurred_at, position
)
"""


class Row(Struct):
    """A row but for its id; fields are columns."""

    event_id: str
    container_repository_id: int | None
    action: str
    tag: str | None
    digest: str | None
    occurred_at: datetime


async def append(connection: Connection, verdicts: Sequence[Verdict]) -> None:
    """Append one row for each verdict, in their order. Nothing may follow but the commit."""
    await connection.execute(APPEND, len(verdicts), as_json(map(_row, verdicts)))


def _row(verdict: Verdict) -> Row:
    event = verdict.event
    return Row(
        event.id,
        verdict.container_repository_id,
        event.action,
        event.tag or None,
        event.digest or None,
        event.timestamp,
    )
