"""What was done in a period, how often and by how many.

The last 24 hours are counted live; days are as recent as `Statistics.counted_until`.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time
from heapq import nsmallest
from typing import Any, Final

import asyncpg

from console.events.periods import SERIES, Counts, Month, Period, Statistics, Top
from shared.database import Connection

_TOP: Final = 10

# One look at the rows for all three: what was done when, to which repositories, and by whom.
HOURS: Final = """
SELECT date_trunc('hour', occurred_at, 'UTC') AS step, repository, registry_source, actor,
    count(*) FILTER (WHERE action LIKE 'push%') AS pushes,
    count(*) FILTER (WHERE action LIKE 'create%') AS creations,
    count(*) FILTER (WHERE action LIKE 'delete%') AS deletes, count(*) AS events
FROM tracking_events WHERE occurred_at >= $1 AND occurred_at <= $2
GROUP BY GROUPING SETS ((step), (repository, registry_source), (actor))
"""
DAYS: Final = """
SELECT day AS step, repository, registry_source, NULL AS actor, sum(pushes)::bigint AS pushes,
    sum(creations)::bigint AS creations, sum(deletes)::bigint AS deletes,
    sum(pushes + creations + deletes)::bigint AS events
FROM tracking_event_days WHERE day >= $1 AND day <= $2
GROUP BY GROUPING SETS ((day), (repository, registry_source))
UNION ALL
SELECT NULL, NULL, NULL, actor, 0, 0, 0, sum(events)::bigint
FROM tracking_event_actor_days WHERE day >= $1 AND day <= $2 GROUP BY actor
"""
# What the view of months has, of some days.
MONTHS: Final = """
SELECT month, action, count(*) AS actors, sum(events)::bigint AS events
FROM (
    SELECT date_trunc('month', day::timestamp)::date AS month, action, actor, sum(events) AS events
    FROM tracking_event_actor_days
    WHERE day >= $1 AND day <= $2 AND ($3 = '' OR registry_source = $3)
    GROUP BY 1, action, actor
) AS by_actor
GROUP BY month, action ORDER BY month, action
"""


async def read(connection: Connection, period: Period, now: datetime) -> Statistics:
    """Raises what asyncpg raises."""
    begin, today, live = period.begin(now), now.astimezone(UTC).date(), period is Period.DAY
    if live:
        rows = await connection.fetch(HOURS, begin, now)
    else:
        rows = await connection.fetch(DAYS, begin.date(), today)
    first_month = Period.QUARTER.begin(now).date().replace(day=1)
    return Statistics(
        period,
        period.filled(begin, {at(row["step"]): counts(row) for row in rows if row["step"]}),
        _top(Top(row["repository"], row["registry_source"], row["events"]) for row in rows),
        _top(Top(row["actor"], "", row["events"]) for row in rows),
        _months(await connection.fetch(MONTHS, first_month, today, "")),
        None if live else await counted_until(connection),
    )


def counts(row: Any) -> Counts:  # noqa: ANN401  a record, which mypy knows by no fields
    return {series: row[series] for series in SERIES}


def _top(rows: Iterable[Top]) -> Sequence[Top]:
    """Those with a name, the ones with most events first."""
    named = [one for one in rows if one.name]
    return nsmallest(_TOP, named, key=lambda one: (-one.events, one.name))


UNTIL: Final = "SELECT counted_until FROM tracking_event_rollup"


async def counted_until(connection: Connection) -> datetime:
    """Until when days are counted: since 1970 they were not, before the first time."""
    until: datetime = await connection.fetchval(UNTIL)
    return until


def at(moment: date) -> datetime:
    """A day's beginning in UTC, or the moment that it is."""
    return moment if isinstance(moment, datetime) else datetime.combine(moment, time(), UTC)


def _months(rows: Sequence[asyncpg.Record]) -> Sequence[Month]:
    months: dict[datetime, dict[str, int]] = {}
    for row in rows:
        months.setdefault(at(row["month"]), {})[row["action"]] = row["actors"]
    return [Month(month, actors) for month, actors in reversed(months.items())]
