"""What there is of partitions, in one short statement."""

from typing import Final

from console.overview.seen.database import Partitions
from shared.database import Connection

_PARTITIONS: Final = """
WITH outside AS (
    SELECT recorded_at FROM tracking_events_default
    WHERE recorded_at > statement_timestamp() - interval '24 h'
    ORDER BY recorded_at DESC LIMIT 10000
), known AS (
    SELECT parent, first, until FROM event_partitions WHERE until IS NOT NULL
)
SELECT
    (SELECT count(*) FROM known WHERE parent = 'tracking_events') AS tracking_events,
    (SELECT count(*) FROM known WHERE parent = 'geo_events') AS geo_events,
    ARRAY(
        SELECT parent FROM unnest(ARRAY['tracking_events', 'geo_events']) AS parent
        WHERE NOT EXISTS (
            SELECT FROM known AS one
            WHERE one.parent = parent.parent
                AND first <= statement_timestamp() + interval '7 days'
                AND until > statement_timestamp() + interval '7 days'
        )
    ) AS missing,
    (SELECT count(*) FROM outside) AS outside,
    (
        SELECT extract(epoch FROM statement_timestamp() - max(recorded_at))::float8 FROM outside
    ) AS newest_age
"""


async def look(connection: Connection) -> Partitions:
    row = await connection.fetchrow(_PARTITIONS)
    if row is None:
        return Partitions()
    counts = {table: row[table] for table in ("tracking_events", "geo_events")}
    return Partitions(counts, row["missing"], row["outside"], row["newest_age"])
