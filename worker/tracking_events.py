"""The table `tracking_events`: one row an event, however often it comes."""

from collections.abc import Collection, Sequence
from operator import itemgetter

from shared.database import Connection
from worker.classification.tracking import CATEGORY, TrackingAction
from worker.verdicts import Verdict

INSERT = """
INSERT INTO tracking_events (
    event_id, action, repository, container_repository_id, request_host, tag, digest, media_type,
    actor, source, request_id, request_method, user_agent, occurred_at, category
)
SELECT event.*, $15::text FROM unnest(
    $1::text[], $2::text[], $3::text[], $4::bigint[], $5::text[], $6::text[], $7::text[],
    $8::text[], $9::text[], $10::text[], $11::text[], $12::text[], $13::text[], $14::timestamptz[]
) AS event
ON CONFLICT (event_id) DO NOTHING
RETURNING event_id
"""


async def insert(connection: Connection, verdicts: Sequence[Verdict]) -> set[str]:
    """Insert what is not there yet; the ids of the events that are new.

    Rows are inserted, and so their keys locked, in sorted order: no two workers can deadlock.
    """
    ordered = sorted(map(row, verdicts), key=itemgetter(0))
    inserted = await connection.fetch(INSERT, *zip(*ordered, strict=True), CATEGORY)
    return {new["event_id"] for new in inserted}


MARK_CREATED = "UPDATE tracking_events SET action = $2 WHERE event_id = ANY($1::text[])"


async def mark_created(connection: Connection, event_ids: Collection[str]) -> None:
    """Events that this transaction has inserted turn out to create their repositories."""
    await connection.execute(MARK_CREATED, list(event_ids), TrackingAction.CREATE_REPOSITORY.value)


def row(verdict: Verdict) -> tuple[object, ...]:
    """The columns of INSERT but the category, in its order."""
    event = verdict.event
    return (
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
