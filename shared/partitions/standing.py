"""A look at the partitions that there are, and what waits in the default ones for its own."""

from datetime import datetime

from shared.database import Connection
from shared.lag import MOST_AHEAD, MOST_BEHIND
from shared.partitions.months import Range
from shared.partitions.partition import Partition, Standing

PARTITIONS = """
SELECT parent, partition, first, until, pg_stat_get_live_tuples(partition_oid) AS rows,
       pg_total_relation_size(partition_oid) AS bytes
FROM event_partitions WHERE until IS NOT NULL ORDER BY parent, first
"""
WAITING = """
SELECT 'tracking_events' AS parent, date_trunc('month', occurred_at, 'UTC') AS first
FROM tracking_events_default
WHERE extract(epoch FROM recorded_at - occurred_at) BETWEEN -$2::float8 AND $1::float8
UNION
SELECT 'geo_events', date_trunc('month', recorded_at, 'UTC') FROM geo_events_default
ORDER BY parent, first
"""
KEPT_FROM = "SELECT parent, kept_from FROM dropped_ranges"


async def look(connection: Connection) -> Standing:
    rows = await connection.fetch(PARTITIONS)
    waiting: dict[str, list[datetime]] = {}
    for row in await connection.fetch(WAITING, MOST_BEHIND, MOST_AHEAD):
        waiting.setdefault(row["parent"], []).append(row["first"])
    return Standing(
        [
            Partition(
                row["parent"],
                row["partition"],
                Range(row["first"], row["until"]),
                row["rows"],
                row["bytes"],
            )
            for row in rows
        ],
        waiting,
        {row["parent"]: row["kept_from"] for row in await connection.fetch(KEPT_FROM)},
    )
