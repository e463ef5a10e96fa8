"""The table `geo_events`: a log whose ids have no gaps and follow the order of commits."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from msgspec import Struct

from shared.database import Connection, as_json
from shared.event import Event
from worker.verdicts import Verdict

# The counter's row stays locked until the commit, which is why this is the last statement.
APPEND = """
WITH counter AS (
    UPDATE geo_event_counter SET last_id = last_id + $1 RETURNING last_id - $1 AS before
)
INSERT INTO geo_events (
    id, event_id, container_repository_id, action, tag, digest, occurred_at, former_path,
    former_repository_id
)
SELECT
    counter.before + event.position, event.event_id, event.container_repository_id,
    event.action, event.tag, event.digest, event.occurred_at, event.former_path,
    event.former_repository_id
FROM counter, ROWS FROM (
    json_to_recordset($2::json) AS (
        event_id text, container_repository_id bigint, action text, tag text, digest text,
        occurred_at timestamptz, former_path text, former_repository_id bigint
    )
) WITH ORDINALITY AS event (
    event_id, container_repository_id, action, tag, digest, occurred_at, former_path,
    former_repository_id, position
)
"""


class Row(Struct, omit_defaults=True):
    """A row but for its id; fields are columns, the former ones those of a rename."""

    event_id: str
    container_repository_id: int | None
    action: str
    tag: str | None
    digest: str | None
    occurred_at: datetime
    former_path: str | None = None
    former_repository_id: int | None = None


async def append(connection: Connection, rows: Sequence[Row]) -> None:
    """Append the rows in their order. Nothing may follow but the commit."""
    await connection.execute(APPEND, len(rows), as_json(rows))


OF_EVENTS = """
SELECT event_id, container_repository_id, action, tag, digest, occurred_at
FROM geo_events WHERE recorded_at >= $2 AND event_id = ANY($1::text[])
"""


async def again(
    connection: Connection, repositories: Mapping[str, int], since: datetime
) -> list[Row]:
    """The rows of events once more, of the repositories that they turned out to be of.

    Nothing of them was recorded before `since`.
    """
    rows = await connection.fetch(OF_EVENTS, list(repositories), since)
    known = {(one["event_id"], one["container_repository_id"]) for one in rows}
    return [
        Row(
            event_id,
            repositories[event_id],
            one["action"],
            one["tag"],
            one["digest"],
            one["occurred_at"],
        )
        for event_id, one in {one["event_id"]: one for one in rows}.items()
        if (event_id, repositories[event_id]) not in known
    ]


def of_rename(
    rename: Event, repository_id: int, former_path: str, former_id: int | None = None
) -> Row:
    """Of one of the repositories that it moved; `former_id` if another row stands for it now."""
    return Row(
        rename.id,
        repository_id,
        rename.action,
        None,
        None,
        rename.timestamp,
        former_path,
        former_id,
    )


def row(verdict: Verdict) -> Row:
    event = verdict.event
    return Row(
        event.id,
        verdict.container_repository_id,
        event.action,
        event.tag or None,
        event.digest or None,
        event.timestamp,
    )
