"""How far sites are, by the database's clock."""

from collections.abc import Sequence
from datetime import datetime

from console.overview.seen.site import Site
from geo.sites import standing
from shared import credentials
from shared.database import Connection
from shared.text import printable

NOW = "SELECT statement_timestamp()"


async def look(connection: Connection) -> Sequence[Site]:
    sites = await standing.sites(connection)
    if not sites:
        return ()
    now = await connection.fetchval(NOW)
    return [_seen(one, now) for one in sites]


def _seen(one: standing.Site, now: datetime) -> Site:
    return Site(
        name=printable(one.name),
        lag_events=one.lag_events,
        lag_seconds=one.lag_seconds,
        pending=one.pending,
        failing=one.failing,
        failing_age=_age(one.failing_since, now) if one.failing_since else None,
        seen_age=_age(one.seen_at or one.started_at, now),
        never_seen=one.seen_at is None,
        trouble=printable(credentials.masked(one.trouble)),
    )


def _age(then: datetime, now: datetime) -> float:
    return max((now - then).total_seconds(), 0.0)
