"""Actions of recorded events that the rules say otherwise now, and the creations among them."""

from collections.abc import Iterable, Mapping, Sequence

from shared.database import Connection
from worker.classification.tracking import TrackingAction
from worker.replay.standing import UNTAGGED, Otherwise
from worker.tables import catalogue, creations
from worker.verdicts import EventKey, event_key

CHANGE = """
UPDATE tracking_events AS event SET action = change.action
FROM unnest($1::timestamptz[], $2::text[], $3::text[], $4::text[])
    AS change (occurred_at, event_id, id_scope, action)
WHERE event.occurred_at = change.occurred_at AND event.event_id = change.event_id
    AND event.id_scope = change.id_scope
"""


async def change(connection: Connection, changed: Sequence[Otherwise]) -> None:
    """Each repository is left with one creation, if an untagged push to it is recorded."""
    rows = [(*event_key(one.verdict.event), _before_claims(one).value) for one in changed]
    await connection.execute(CHANGE, *zip(*rows, strict=True))
    reopened = await _reopen(connection, changed)
    claims = {
        one.row.container_repository_id: event_key(one.verdict.event)
        for one in changed
        if one.claims and one.row.container_repository_id is not None
    }
    others = await _others(connection, reopened, changed)
    created = await catalogue.claim_creations(connection, {**others, **claims})
    await creations.mark_created(connection, created)


def _before_claims(one: Otherwise) -> TrackingAction:
    return TrackingAction.PUSH_REPOSITORY if one.claims else one.action


REOPEN = """
UPDATE container_repositories
SET creation_pending = true, created_by = NULL, creation_occurred_at = NULL
WHERE id = ANY($1::bigint[]) AND (creation_occurred_at, created_by) IN (
    SELECT * FROM unnest($2::timestamptz[], $3::text[])
)
RETURNING id
"""


async def _reopen(connection: Connection, changed: Iterable[Otherwise]) -> Sequence[int]:
    """Repositories whose creation turned out to be no untagged push."""
    creators = [
        (one.row.container_repository_id, *event_key(one.verdict.event)[:2])
        for one in changed
        if one.row.action in UNTAGGED and one.action not in UNTAGGED
    ]
    if not creators:
        return []
    rows = await connection.fetch(REOPEN, *zip(*creators, strict=True))
    return [row["id"] for row in rows]


# Events of before a rename have another path; one of them may claim it when it is replayed.
OTHERS = """
SELECT DISTINCT ON (container_repository_id)
    container_repository_id, occurred_at, event_id, id_scope
FROM tracking_events
WHERE container_repository_id = ANY($1::bigint[]) AND repository = ANY($2::text[])
    AND action = 'push_repository'
ORDER BY container_repository_id, recorded_at, event_id
"""


async def _others(
    connection: Connection, repositories: Sequence[int], changed: Iterable[Otherwise]
) -> Mapping[int, EventKey]:
    """The first untagged push that is left to each of the repositories."""
    if not repositories:
        return {}
    paths = list({one.verdict.event.repository for one in changed})
    rows = await connection.fetch(OTHERS, repositories, paths)
    return {row[0]: (row[1], row[2], row[3]) for row in rows}
