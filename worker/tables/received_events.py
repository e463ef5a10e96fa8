"""The table `received_events`: when an event first came that has no time of its own.

Its id is the same on each retry, its time is that of the receipt: with the time of the first one it
has a key as any other event.
"""

from collections.abc import Sequence

from msgspec.structs import replace

from shared.database import Connection
from shared.event import Event
from shared.origin import DEFAULT, RECEIVED
from worker.verdicts import id_scope

# Whose conflict is another worker's row that commits first: FIND, in its later snapshot, has it.
KEEP = """
INSERT INTO received_events (event_id, id_scope, occurred_at)
SELECT * FROM unnest($1::text[], $2::text[], $3::timestamptz[])
ON CONFLICT DO NOTHING
"""
FIND = """
SELECT event_id, id_scope, occurred_at FROM received_events
JOIN unnest($1::text[], $2::text[]) AS wanted (event_id, id_scope) USING (event_id, id_scope)
"""


async def dated(connection: Connection, events: Sequence[Event]) -> Sequence[Event]:
    """`events`, each that has no time of its own with that of its first receipt.

    Costs nothing where all have one. Rows are inserted, and so their keys locked, in sorted order:
    no two workers can deadlock.
    """
    undated = [event for event in events if _is_undated(event)]
    if not undated:
        return events
    rows = sorted((event.id, id_scope(event), event.timestamp) for event in undated)
    ids, scopes, times = zip(*rows, strict=True)
    await connection.execute(KEEP, ids, scopes, times)
    found = await connection.fetch(FIND, ids, scopes)
    first = {(row["event_id"], row["id_scope"]): row["occurred_at"] for row in found}
    return [
        replace(event, timestamp=first[event.id, id_scope(event)]) if _is_undated(event) else event
        for event in events
    ]


def _is_undated(event: Event) -> bool:
    """An id that is made on receipt repeats nothing."""
    origin = event.origin
    return origin is not DEFAULT and origin.time_from == RECEIVED and origin.id_from != RECEIVED
