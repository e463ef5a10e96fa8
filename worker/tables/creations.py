"""Which of the tracking events of a repository is recorded as its creation."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import TypeAlias

from shared.database import Connection
from worker.classification.tracking import TrackingAction
from worker.verdicts import EventKey

# As a row of the catalogue has it, which is of one source: an event's time and id.
Creator: TypeAlias = tuple[datetime, str]

MARK = """
UPDATE tracking_events AS event SET action = $4
FROM unnest($1::timestamptz[], $2::text[], $3::text[]) AS key (occurred_at, event_id, id_scope)
WHERE event.occurred_at = key.occurred_at AND event.event_id = key.event_id
    AND event.id_scope = key.id_scope
    AND event.action IN ('push_repository', 'create_repository')
"""


async def mark_created(connection: Connection, events: Collection[EventKey]) -> None:
    """Untagged pushes turn out to create their repositories."""
    await _mark(connection, events, TrackingAction.CREATE_REPOSITORY)


async def mark_pushed(connection: Connection, events: Collection[EventKey]) -> None:
    """Events that were recorded as creations turn out to be none."""
    await _mark(connection, events, TrackingAction.PUSH_REPOSITORY)


async def _mark(
    connection: Connection, events: Collection[EventKey], action: TrackingAction
) -> None:
    if events:
        await connection.execute(MARK, *zip(*events, strict=True), action.value)


# As they were committed, but for transactions at the same time.
IN_ORDER = """
SELECT occurred_at, event_id, id_scope FROM tracking_events
JOIN unnest($1::timestamptz[], $2::text[]) AS creator (occurred_at, event_id)
    USING (occurred_at, event_id)
WHERE registry_source = $3 ORDER BY recorded_at, event_id
"""


async def in_order(
    connection: Connection, creators: Sequence[Creator], source: str
) -> list[EventKey]:
    """Those of a source that are recorded still."""
    if not creators:
        return []
    columns = zip(*creators, strict=True)
    return [(one[0], one[1], one[2]) for one in await connection.fetch(IN_ORDER, *columns, source)]
