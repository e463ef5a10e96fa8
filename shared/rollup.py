"""How many events of which kind there were on each day, counted beside the rows.

A day is counted from scratch whenever it got a new row, so that it does not matter how often, by
how many at once, or after what failure.
"""

import asyncio
import random
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Final

from shared import faults
from shared.configuration import secret
from shared.database import ERRORS, Connection, Pool, new_pool, transaction
from shared.lag import MOST_AHEAD, MOST_BEHIND
from shared.logs import get_logger
from shared.settings import Settings

# Any number that no other program in the database takes; held until the transaction ends.
_LOCK: Final = 7_235_871_006
# A row has the time at which its transaction began, and is seen when that has ended.
_OVERLAP: Final = timedelta(minutes=10)
# Seconds that one day may take; the first time, looking for all days may take as long.
_LONGEST: Final = 300.0
# How old it may become, and how much of the time it may take at most: a twentieth.
_EVERY: Final = timedelta(seconds=30)
_SHARE: Final = 20

_BELIEVED: Final = f"""
occurred_at >= recorded_at - interval '{MOST_BEHIND} seconds'
    AND occurred_at <= recorded_at + interval '{MOST_AHEAD} seconds'
"""
BEGUN: Final = """
SELECT now() AS now, counted_until, counted_until - $1::interval AS since
FROM tracking_event_rollup
"""
TOUCHED: Final = f"""
SELECT DISTINCT (occurred_at AT TIME ZONE 'UTC')::date AS day FROM tracking_events
WHERE recorded_at >= $1 AND {_BELIEVED} ORDER BY day
"""  # noqa: S608  our own numbers
# Unless somebody has found meanwhile that days before are to be counted again.
ENDED: Final = """
UPDATE tracking_event_rollup
SET counted_until = greatest(counted_until, $1), took = clock_timestamp() - $1
WHERE counted_until >= $2
"""
AGAIN: Final = "UPDATE tracking_event_rollup SET counted_until = least(counted_until, $1)"


async def refresh(pool: Pool) -> Sequence[date]:
    """Count the days that got rows since the last time; which ones that were.

    Raises what asyncpg raises; what was counted until then stays counted.
    """
    async with transaction(pool, seconds=_LONGEST) as connection:
        begun = await connection.fetchrow(BEGUN, _OVERLAP)
        assert begun  # noqa: S101  the migration wrote the row
        rows = await connection.fetch(TOUCHED, begun["since"], timeout=_LONGEST)
    days: Sequence[date] = [row["day"] for row in rows]
    for day in days:
        async with transaction(pool, seconds=_LONGEST) as connection:
            await _count(connection, day)
    await pool.execute(ENDED, begun["now"], begun["counted_until"])
    return days


async def count_again(connection: Connection, since: datetime) -> None:
    """Have the days counted again that got rows since then: some of these are others now."""
    await connection.execute(AGAIN, since)


ALONE: Final = "SELECT pg_advisory_xact_lock($1)"
FORGET: Final = "DELETE FROM tracking_event_days WHERE day = $1"
FORGET_ACTORS: Final = "DELETE FROM tracking_event_actor_days WHERE day = $1"
COUNT: Final = f"""
WITH counted AS MATERIALIZED (
    SELECT registry_source, repository, action, actor, count(*) AS events
    FROM tracking_events
    WHERE occurred_at >= $1::date::timestamp AT TIME ZONE 'UTC'
        AND occurred_at < ($1::date + 1)::timestamp AT TIME ZONE 'UTC' AND {_BELIEVED}
    GROUP BY registry_source, repository, action, actor
), actors AS (
    INSERT INTO tracking_event_actor_days (day, registry_source, action, actor, events)
    SELECT $1, registry_source, action, actor, sum(events) FROM counted
    WHERE actor IS NOT NULL GROUP BY registry_source, action, actor
)
INSERT INTO tracking_event_days (day, registry_source, repository, pushes, deletes, creations)
SELECT $1, registry_source, repository,
    coalesce(sum(events) FILTER (WHERE action LIKE 'push%'), 0),
    coalesce(sum(events) FILTER (WHERE action LIKE 'delete%'), 0),
    coalesce(sum(events) FILTER (WHERE action LIKE 'create%'), 0)
FROM counted GROUP BY registry_source, repository
"""  # noqa: S608  our own numbers


async def _count(connection: Connection, day: date) -> None:
    await connection.execute(ALONE, _LOCK, timeout=_LONGEST)
    await connection.execute(FORGET, day)
    await connection.execute(FORGET_ACTORS, day)
    await connection.execute(COUNT, day, timeout=_LONGEST)


DUE: Final = """
SELECT now() - counted_until >= greatest($1::interval, $2::int * took) FROM tracking_event_rollup
"""


async def run(settings: Settings, *, application: str) -> None:
    """Refresh twice a minute, whoever does it, or so seldom that it takes little of the time.

    Until cancelled; a failure is logged and stops nothing. On a connection of its own, which keeps
    nobody else waiting.
    """
    async with new_pool(
        settings, url=secret(settings.database_url), application=application, size=1
    ) as pool:
        while True:
            try:
                if await pool.fetchval(DUE, _EVERY, _SHARE):
                    await refresh(pool)
            except ERRORS as error:
                get_logger().warning("rollup.failed", error=faults.in_words(error))
            # Of many processes that start together not all shall do it at once.
            await asyncio.sleep(_EVERY.total_seconds() * random.uniform(0.5, 1.0))  # noqa: S311  no secret
