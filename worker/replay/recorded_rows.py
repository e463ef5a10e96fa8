"""What the tables say of events that are recorded. Reads only."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import NamedTuple

from shared.database import Connection
from worker.classification.tracking import TrackingAction
from worker.replay.standing import Creation, Row
from worker.verdicts import EventKey

TRACKED = """
SELECT occurred_at, event_id, id_scope, action, container_repository_id, recorded_at
FROM tracking_events
JOIN unnest($1::timestamptz[], $2::text[], $3::text[]) AS key (occurred_at, event_id, id_scope)
    USING (occurred_at, event_id, id_scope)
"""


async def tracked(connection: Connection, keys: Collection[EventKey]) -> Mapping[EventKey, Row]:
    """Those of `keys` that are recorded."""
    found = await connection.fetch(TRACKED, *zip(*keys, strict=True)) if keys else []
    return {
        (one["occurred_at"], one["event_id"], one["id_scope"]): Row(
            TrackingAction(one["action"]), one["container_repository_id"], one["recorded_at"]
        )
        for one in found
    }


CREATIONS = """
SELECT id, creation_pending, creation_occurred_at, created_by FROM container_repositories
WHERE id = ANY($1::bigint[])
"""


async def creations(connection: Connection, rows: Iterable[Row]) -> Mapping[int, Creation]:
    """By the ids of repositories."""
    ids = {row.container_repository_id for row in rows if row.container_repository_id is not None}
    found = await connection.fetch(CREATIONS, list(ids)) if ids else []
    return {
        one["id"]: Creation(
            one["creation_pending"],
            (one["creation_occurred_at"], one["created_by"]) if one["created_by"] else None,
        )
        for one in found
    }


# Of the transaction that wrote the tracking event, whose time it has.
WRITTEN_WITH = """
SELECT event_id, occurred_at, container_repository_id FROM geo_events
WHERE recorded_at = ANY($2::timestamptz[]) AND event_id = ANY($1::text[])
"""
WRITTEN_SINCE = """
SELECT event_id, occurred_at, container_repository_id FROM geo_events
WHERE recorded_at >= $2 AND event_id = ANY($1::text[])
"""


async def without_geo(connection: Connection, rows: Mapping[EventKey, Row]) -> Collection[EventKey]:
    """Those of `rows` that have no geo event of their repository."""
    lacking = dict(rows)
    times = list({row.recorded_at for row in rows.values()})
    for statement, when in ((WRITTEN_WITH, times), (WRITTEN_SINCE, min(times, default=None))):
        if lacking:
            found = await connection.fetch(statement, [key[1] for key in lacking], when)
            there = {tuple(one) for one in found}
            lacking = {
                key: row
                for key, row in lacking.items()
                if (key[1], key[0], row.container_repository_id) not in there
            }
    return lacking.keys()


class Dropped(NamedTuple):
    """A range of time whose partitions were dropped by retention."""

    first: datetime
    kept_from: datetime


DROPPED = "SELECT parent, first, kept_from FROM dropped_ranges"


async def dropped(connection: Connection) -> Mapping[str, Dropped]:
    """By table."""
    return {one[0]: Dropped(one[1], one[2]) for one in await connection.fetch(DROPPED)}


def is_of(gone: Dropped | None, moment: datetime) -> bool:
    return gone is not None and gone.first <= moment < gone.kept_from
