"""The table `tracking_events`: one row an event, however often it comes."""

from collections.abc import Collection, Sequence
from datetime import datetime
from operator import attrgetter

from msgspec import Struct

from shared.database import Connection, as_json
from worker.classification.tracking import CATEGORY, TrackingAction
from worker.verdicts import Verdict

INSERT = """
INSERT INTO tracking_events (
    event_id, action, repository, container_repository_id, request_host, tag, digest, media_type,
    actor, source, request_id, request_method, user_agent, occurred_at, category
)
SELECT event.*, $2::text FROM json_to_recordset($1::json) AS event (
    event_id text, action text, repository text, container_repository_id bigint,
    request_host text, tag text, digest text, media_type text, actor text, source text,
    request_id text, request_method text, user_agent text, occurred_at timestamptz
)
ON CONFLICT (event_id) DO NOTHING
RETURNING event_id
"""


class Row(Struct):
    """A row but for its category; fields are columns, an empty text of the event is no value."""

    event_id: str
    action: str
    repository: str
    container_repository_id: int | None
    request_host: str | None
    tag: str | None
    digest: str | None
    media_type: str | None
    actor: str | None
    source: str | None
    request_id: str | None
    request_method: str | None
    user_agent: str | None
    occurred_at: datetime


async def insert(connection: Connection, verdicts: Sequence[Verdict]) -> set[str]:
    """Insert what is not there yet; the ids of the events that are new.

    Rows are inserted, and so their keys locked, in sorted order: no two workers can deadlock.
    """
    rows = sorted(map(row, verdicts), key=attrgetter("event_id"))
    inserted = await connection.fetch(INSERT, as_json(rows), CATEGORY)
    return {new["event_id"] for new in inserted}


MARK_CREATED = "UPDATE tracking_events SET action = $2 WHERE event_id = ANY($1::text[])"


async def mark_created(connection: Connection, event_ids: Collection[str]) -> None:
    """Events that this transaction has inserted turn out to create their repositories."""
    await connection.execute(MARK_CREATED, list(event_ids), TrackingAction.CREATE_REPOSITORY.value)


def row(verdict: Verdict) -> Row:
    event = verdict.event
    return Row(
        event.id,
        verdict.tracking_action,
        event.repository,
        verdict.container_repository_id,
        event.request_host or None,
        event.tag or None,
        event.digest or None,
        event.media_type or None,
        event.actor or None,
        event.node or None,
        event.request_id or None,
        event.request_method or None,
        event.user_agent or None,
        event.timestamp,
    )
