"""What stands in the tables, in a few short statements."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import asyncpg

from console.database import fault, reading
from console.overview.seen.database import Activity, Conflicts, Database, Partitions
from console.overview.sources import lock_holders, partitions, reconciles, sites
from console.words import away
from shared import credentials, forward_backlog, lag, migrate
from shared.database import ERRORS, Connection, Pool
from shared.forward_backlog import Backlog
from shared.forward_settings import Sink
from shared.text import printable

# The tables, and whose locks keep others from them.
_BOTH: Final = 1.25 * away.ANSWER
# Bounded by the index on recorded_at, and by the number of rows of a busy minute.
_RECORDED: Final = """
SELECT count(*) FILTER (WHERE recorded_at > statement_timestamp() - interval '10 s') AS last_10_s,
       count(*) AS last_60_s
FROM tracking_events WHERE recorded_at > statement_timestamp() - interval '60 s'
"""
# A clock that is ahead tells nothing of how long ago its event was; a second is what honest ones
# differ by.
_NEWEST: Final = """
WITH newest AS (
    SELECT occurred_at, recorded_at, source, lag,
           lag NOT BETWEEN -$2::float8 AND $1::float8 AS absurd,
           recorded_at > statement_timestamp() - interval '5 min' AS lately
    FROM tracking_events,
         LATERAL (SELECT extract(epoch FROM recorded_at - occurred_at)::float8 AS lag) AS taken
    ORDER BY recorded_at DESC LIMIT 10000
)
SELECT extract(epoch FROM statement_timestamp() - max(recorded_at))::float8 AS recorded_age,
       extract(epoch FROM statement_timestamp() - max(occurred_at)
           FILTER (WHERE NOT absurd AND lag > -1))::float8 AS occurred_age,
       percentile_cont(0.5) WITHIN GROUP (ORDER BY greatest(lag, 0))
           FILTER (WHERE lately AND NOT absurd) AS lag_p50,
       percentile_cont(0.99) WITHIN GROUP (ORDER BY greatest(lag, 0))
           FILTER (WHERE lately AND NOT absurd) AS lag_p99,
       count(*) FILTER (WHERE lately AND absurd) AS absurd_clocks,
       (array_agg(DISTINCT left(source, 64)) FILTER (WHERE lately AND absurd))[:4] AS absurd_sources
FROM newest
"""
_GEO_HEAD: Final = "SELECT last_id FROM geo_event_counter"


async def look(pool: Pool, url: str, sinks: Sequence[Sink] = ()) -> Database:
    """Never raises: a database that is away, slow or locked is an answer too.

    `sinks` are those to which events are forwarded, as far as the settings say so here.
    """
    try:
        async with asyncio.timeout(_BOTH):
            seen = await _tables(pool, sinks)
            holders = await lock_holders.look(pool, for_readers=seen.is_locked)
    except (migrate.MigrationError, *ERRORS) as error:
        return Database(fault=away.database(url, fault(error)))
    return replace(seen, lock_holders=holders)


async def _tables(pool: Pool, sinks: Sequence[Sink]) -> Database:
    async with reading(pool) as connection:
        version = connection.get_server_version()
        # asyncpg reads 15.18 as 15.0.18, in the manner of the versions before 10.
        seen = Database(version=f"{version.major}.{version.micro}")
        try:
            applied, known = await migrate.applied(connection), migrate.shipped()
            missing = migrate.pending(applied, known)
            activity = await _activity(connection)
            conflicts = Conflicts() if missing else await _conflicts(connection)
            parts = Partitions() if missing else await partitions.look(connection)
            forwarding = () if missing else await _forwarding(connection, sinks)
            reconciled = () if missing else await reconciles.look(connection)
            places = () if missing else await sites.look(connection)
        except asyncpg.LockNotAvailableError:
            return replace(seen, is_locked=True)
    return replace(
        seen,
        migrations=len(known),
        missing=len(missing),
        schema=max(applied, default=None),
        schema_expected=known[-1].version,
        activity=activity,
        conflicts=conflicts,
        partitions=parts,
        forwarding=forwarding,
        reconciled=reconciled,
        sites=places,
    )


async def _forwarding(connection: Connection, sinks: Sequence[Sink]) -> Sequence[Backlog]:
    return [
        replace(one, cause=printable(credentials.masked(one.cause)))
        for one in await forward_backlog.look(connection)
        if one.sink in sinks or not one.is_empty
    ]


async def _activity(connection: Connection) -> Activity | None:
    try:
        recorded = await connection.fetchrow(_RECORDED)
        newest = await connection.fetchrow(_NEWEST, lag.MOST_BEHIND, lag.MOST_AHEAD)
        geo_head = await connection.fetchval(_GEO_HEAD)
    except asyncpg.UndefinedTableError:
        return None
    seen = {**dict(recorded or {}), **dict(newest or {})}
    sources = seen.pop("absurd_sources") or ()
    named = [printable(source) for source in sources if source]
    return Activity(**seen, absurd_sources=named, geo_head=geo_head)


_CONFLICTS: Final = """
WITH lately AS (
    SELECT * FROM conflicting_events WHERE seen_at > statement_timestamp() - interval '24 h'
    ORDER BY seen_at DESC LIMIT 10000
)
SELECT (SELECT count(*) FROM lately) AS count,
       extract(epoch FROM statement_timestamp() - seen_at)::float8 AS newest_age,
       left(event_id, 64) AS event_id, repository, left(source, 64) AS source
FROM lately ORDER BY seen_at DESC LIMIT 1
"""


async def _conflicts(connection: Connection) -> Conflicts:
    newest = await connection.fetchrow(_CONFLICTS)
    if newest is None:
        return Conflicts()
    texts = {
        name: printable(credentials.masked(newest[name] or ""))
        for name in ("event_id", "repository", "source")
    }
    return Conflicts(count=newest["count"], newest_age=newest["newest_age"], **texts)
