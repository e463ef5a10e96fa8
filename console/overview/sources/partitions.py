"""What there is of partitions, in one short statement."""

from typing import Final

from console.overview.seen.database import Partitions
from shared.database import Connection

_PARTITIONS: Final = """
WITH outside AS (
    SELECT recorded_at FROM tracking_events_default
    WHERE recorded_at > statement_timestamp() - interval '24 h'
    ORDER BY recorded_at DESC LIMIT 10000
)
SELECT
    ARRAY(
        SELECT parent FROM unnest(ARRAY['tracking_events', 'geo_events']) AS parent
        WHERE NOT EXISTS (
            SELECT FROM event_partitions AS one
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
    return Partitions(**dict(row)) if row else Partitions()
