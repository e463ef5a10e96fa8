"""Recorded events, the newest first by their own time, a page at a time.

A page costs about as much with ten million events as with a thousand. What an index finds (one
repository or some, a digest, or nothing but a time) is found however old it is. For all else a page
goes through so many events of the time, or of the repository, at most, and says how far it came.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from console.events.cursor import Cursor
from console.events.names import names
from console.events.recorded import COLUMNS, Recorded
from console.events.wanted import DAY, Conditions, Wanted, in_days, in_kind, in_place, in_time
from shared.database import Connection

# Events that a page goes through: of a time, which lie beside each other, and of one repository.
STRETCH: Final = 100_000
STRETCH_OF_ONE: Final = 10_000
# As the index of repositories has it, which finds a day of one and not a moment.
BY_DAY: Final = f"ORDER BY {DAY} DESC, occurred_at DESC, event_id DESC, registry_source DESC"
_BY_TIME: Final = "ORDER BY occurred_at DESC, event_id DESC, registry_source DESC"


@dataclass(frozen=True, slots=True)
class Found:
    """`after` is where the next page begins, if there is one.

    `searched_to`: the page ended there, before it was full, since it had gone through so many
    events.
    """

    events: Sequence[Recorded] = ()
    after: Cursor | None = None
    searched_to: datetime | None = None


async def search(connection: Connection, wanted: Wanted, after: Cursor | None, limit: int) -> Found:
    """At most `limit` of them, behind `after`. Raises what asyncpg raises."""
    if wanted.digest:
        await connection.execute(BY_FILTER)
        return _page(await _plain(connection, wanted, after, limit), limit)
    if not wanted.chooses or wanted.is_repository:
        return _page(await _plain(connection, wanted, after, limit), limit)
    if wanted.is_glob and (found := await names(connection, wanted.repository)) is not None:
        return _page(await _of_each(connection, found, wanted, after, limit), limit)
    return await _stretch(connection, wanted, after, limit)


# The planner takes a filter of pages for a look at all of them, and has to be kept from that. Of
# the transaction alone.
BY_FILTER: Final = """
SET LOCAL enable_seqscan = off; SET LOCAL enable_indexscan = off
"""


def _page(events: Sequence[Recorded], limit: int) -> Found:
    """One more than `limit` was asked for: then there is a next page."""
    shown = events[:limit]
    return Found(shown, shown[-1].place if len(events) > limit else None)


async def _plain(
    connection: Connection,
    wanted: Wanted,
    after: Cursor | None,
    limit: int,
    *,
    horizon: datetime | None = None,
) -> Sequence[Recorded]:
    conditions = _behind(wanted, after)
    if horizon:
        conditions.add("occurred_at >= {}", horizon)
    in_kind(conditions, wanted)
    if not wanted.names_one:
        in_place(conditions, wanted)
    statement = f"""
SELECT {COLUMNS} FROM tracking_events WHERE {conditions} {_order(wanted)} LIMIT {conditions.next}
"""  # noqa: S608  our own words; what is given are parameters
    rows = await connection.fetch(statement, *conditions.values, limit + 1)
    return [Recorded.of(row) for row in rows]


def _behind(wanted: Wanted, after: Cursor | None) -> Conditions:
    """What an index has: the time, and one repository."""
    conditions = Conditions()
    in_time(conditions, wanted, after)
    if wanted.names_one:
        in_place(conditions, wanted)
        in_days(conditions, wanted, after)
    return conditions


def _order(wanted: Wanted) -> str:
    return BY_DAY if wanted.names_one else _BY_TIME


async def _of_each(
    connection: Connection,
    repositories: Sequence[str],
    wanted: Wanted,
    after: Cursor | None,
    limit: int,
) -> Sequence[Recorded]:
    """The newest of each, and of these the newest."""
    conditions = Conditions(first=2)
    in_time(conditions, wanted, after)
    in_days(conditions, wanted, after)
    statement = f"""
SELECT {COLUMNS} FROM unnest($1::text[]) AS name CROSS JOIN LATERAL (
    SELECT {COLUMNS} FROM tracking_events
    WHERE repository = name AND {conditions} {BY_DAY} LIMIT {conditions.next}
) AS found {_BY_TIME} LIMIT {conditions.next}
"""  # noqa: S608  our own words; what is given are parameters
    rows = await connection.fetch(statement, repositories, *conditions.values, limit + 1)
    return [Recorded.of(row) for row in rows]


async def _stretch(
    connection: Connection, wanted: Wanted, after: Cursor | None, limit: int
) -> Found:
    conditions = _behind(wanted, after)
    size = STRETCH_OF_ONE if wanted.names_one else STRETCH
    statement = f"""
SELECT occurred_at FROM tracking_events WHERE {conditions} {_order(wanted)}
OFFSET {size} LIMIT 1
"""  # noqa: S608  our own words; what is given are parameters
    horizon: datetime | None = await connection.fetchval(statement, *conditions.values)
    events = await _plain(connection, wanted, after, limit, horizon=horizon)
    found = _page(events, limit)
    if found.after or horizon is None:
        return found
    return Found(found.events, Cursor(horizon, "", ""), horizon)
