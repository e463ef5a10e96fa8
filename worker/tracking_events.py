"""The table `tracking_events`: one row an event, however often it comes."""

from collections.abc import Collection, Sequence
from operator import itemgetter
from typing import Any

from shared.database import Connection
from worker.classification.tracking import CATEGORY, TrackingAction
from worker.columns import Columns
from worker.verdicts import Verdict

INSERT = """
INSERT INTO tracking_events (
    event_id, action, repository, request_host, tag, digest, media_type, actor, source, request_id,
    request_method, user_agent, container_repository_id, occurred_at, category
)
SELECT event.*, $17::text FROM unnest(
    string_to_array($3, $1, $2), string_to_array($4, $1, $2), string_to_array($5, $1, $2),
    string_to_array($6, $1, $2), string_to_array($7, $1, $2), string_to_array($8, $1, $2),
    string_to_array($9, $1, $2), string_to_array($10, $1, $2), string_to_array($11, $1, $2),
    string_to_array($12, $1, $2), string_to_array($13, $1, $2), string_to_array($14, $1, $2),
    $15::bigint[], $16::timestamptz[]
) AS event
ON CONFLICT (event_id) DO NOTHING
RETURNING event_id
"""


async def insert(connection: Connection, verdicts: Sequence[Verdict]) -> set[str]:
    """Insert what is not there yet; the ids of the events that are new.

    Rows are inserted, and so their keys locked, in sorted order: no two workers can deadlock.
    """
    ordered = sorted(map(row, verdicts), key=itemgetter(0))
    *texts, repository_ids, moments = zip(*ordered, strict=True)
    columns = Columns()
    inserted = await connection.fetch(
        INSERT,
        columns.between,
        columns.null,
        *map(columns.of, texts),
        repository_ids,
        moments,
        CATEGORY,
    )
    return {new["event_id"] for new in inserted}


MARK_CREATED = "UPDATE tracking_events SET action = $2 WHERE event_id = ANY($1::text[])"


async def mark_created(connection: Connection, event_ids: Collection[str]) -> None:
    """Events that this transaction has inserted turn out to create their repositories."""
    await connection.execute(MARK_CREATED, list(event_ids), TrackingAction.CREATE_REPOSITORY.value)


def row(verdict: Verdict) -> tuple[Any, ...]:
    """The columns of INSERT but the category, in its order: twelve texts, then others."""
    event = verdict.event
    return (
        event.id,
        verdict.tracking_action,
        event.repository,
        event.request_host or None,
        event.tag or None,
        event.digest or None,
        event.media_type or None,
        event.actor or None,
        event.node or None,
        event.request_id or None,
        event.request_method or None,
        event.user_agent or None,
        verdict.container_repository_id,
        event.timestamp,
    )
