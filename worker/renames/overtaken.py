"""Events that were recorded before a rename that is older than they are.

A path that was given up may be used again, and what is pushed to it then is of another repository.
Where that overtook the rename, it stands in the row that has just moved away.
"""

from collections.abc import Mapping
from datetime import datetime

from shared.database import Connection
from shared.event import Event
from worker.renames import repository_renames
from worker.tables import catalogue, creations, geo_events
from worker.verdicts import EventKey, repository_key

# What overtook a rename happened after it, and so was recorded after it: by the index, no more is
# looked at than came since. Clocks differ, and a rename may come from the dead letters of last
# month, so within these bounds.
EARLIEST = """
SELECT greatest(least($1, now()) - interval '5 minutes', now() - interval '1 day')
"""


async def earliest(connection: Connection, rename: Event) -> datetime:
    """When the first event that overtook it may have been recorded."""
    moment: datetime = await connection.fetchval(EARLIEST, rename.timestamp)
    return moment


RECORDED = """
SELECT occurred_at, event_id, id_scope, repository, container_repository_id AS row
FROM tracking_events
WHERE recorded_at >= $2 AND registry_source = $1
    AND (repository = $3 OR starts_with(repository, $3 || '/'))
    AND container_repository_id IS NOT NULL
"""


async def set_right(
    connection: Connection, rename: Event, since: datetime, gone: Mapping[int, int]
) -> list[geo_events.Row]:
    """Give events to the rows that they belong to; the news of it, to be appended.

    `since` is when the first of them may have been recorded, `gone` are rows that gave way to
    another one.
    """
    source, before = repository_key(rename)
    recorded = await connection.fetch(RECORDED, source, since, before)
    moments = {((source, one["repository"]), one["occurred_at"]) for one in recorded}
    if not moments:
        return []
    ways = await repository_renames.follow(connection, moments)
    rows = await catalogue.rows_of(connection, ways.values())
    strays: dict[EventKey, int] = {}
    heirs: dict[int, int] = {}
    for one in recorded:
        row = rows[ways[(source, one["repository"]), one["occurred_at"]].key]
        if (stands_in := gone.get(one["row"], one["row"])) != row:
            strays[one["occurred_at"], one["event_id"], one["id_scope"]] = row
            heirs[stands_in] = row
    if not strays:
        return []
    await _reassign(connection, since, strays, set(heirs))
    news = await geo_events.again(connection, {key[1]: row for key, row in strays.items()}, since)
    # One that others gave way to has their events, which still name these.
    empty = await connection.fetch(ABANDON, list(heirs.keys() - set(gone.values())), since)
    return [
        *news,
        *(geo_events.of_rename(rename, heirs[id_], path, id_) for id_, path in empty),
    ]


# An event from before two renames, of which the first comes last, registered a repository where it
# never was. One that was renamed to that path is there without any event.
ABANDON = """
DELETE FROM container_repositories AS repository
WHERE id = ANY($1::bigint[]) AND creation_pending AND created_at >= $2 AND NOT EXISTS (
    SELECT FROM tracking_events
    WHERE recorded_at >= $2 AND container_repository_id = repository.id
) AND NOT EXISTS (
    SELECT FROM repository_renames AS rename
    WHERE rename.registry_source = repository.source AND rename.to_path = repository.path
)
RETURNING id, path
"""


REASSIGN = """
UPDATE tracking_events AS event
SET container_repository_id = stray.row, action = replace(event.action, 'create', 'push')
FROM unnest($1::timestamptz[], $2::text[], $3::text[], $4::bigint[])
    AS stray (occurred_at, event_id, id_scope, row)
WHERE event.occurred_at = stray.occurred_at AND event.event_id = stray.event_id
    AND event.id_scope = stray.id_scope
"""
REOPEN = """
UPDATE container_repositories
SET creation_pending = true, created_by = NULL, creation_occurred_at = NULL
WHERE id = ANY($1::bigint[]) AND (creation_occurred_at, created_by) IN (
    SELECT * FROM unnest($2::timestamptz[], $3::text[])
)
"""
# Whatever was recorded before the creation that left a row was no untagged push.
UNTAGGED = """
SELECT DISTINCT ON (row) container_repository_id AS row, occurred_at, event_id, id_scope
FROM tracking_events
WHERE recorded_at >= $2 AND container_repository_id = ANY($1::bigint[])
    AND action = 'push_repository'
ORDER BY row, occurred_at, event_id
"""


async def _reassign(
    connection: Connection, since: datetime, strays: Mapping[EventKey, int], left: set[int]
) -> None:
    """Each row that lost or got events has one creation, if an untagged push is among its own."""
    times, ids, scopes = zip(*strays, strict=True)
    await connection.execute(REASSIGN, times, ids, scopes, list(strays.values()))
    await connection.execute(REOPEN, list(left), times, ids)
    affected = list(left | set(strays.values()))
    untagged = await connection.fetch(UNTAGGED, affected, since)
    claims = {row: (moment, event_id, scope) for row, moment, event_id, scope in untagged}
    created = await catalogue.claim_creations(connection, claims)
    await creations.mark_created(connection, created)
