"""The changes after an id, with the proof that none is missing."""

from collections.abc import Sequence
from typing import Final

import asyncpg

from geo.log import paths
from geo.log.change import Change
from geo.log.gaps import first_gap
from shared.database import Connection


class DroppedError(Exception):
    """What comes next was dropped by retention."""


class BrokenError(Exception):
    """What only a hand in the database can do: the log cannot be believed."""


END = "SELECT last_id FROM geo_event_counter"


async def end(connection: Connection) -> int:
    """The last id: it and all before it are committed, since whoever writes locks the counter."""
    last: int = await connection.fetchval(END)
    return last


# Bounded on both sides, so that no partition reads on to what nobody asked for.
PAGE = """
SELECT
    event.id, repository.source, repository.path, event.action, event.occurred_at,
    event.recorded_at, event.tag, event.digest, event.former_path, event.container_repository_id,
    event.event_id
FROM geo_events AS event
LEFT JOIN container_repositories AS repository ON repository.id = event.container_repository_id
WHERE event.id > $1 AND event.id <= $2 ORDER BY event.id
"""


async def read(connection: Connection, after: int, *, last: int, limit: int) -> Sequence[Change]:
    """Those after `after` up to `last`, an end of the log seen before; at most `limit`.

    Raises DroppedError, BrokenError and what asyncpg raises.
    """
    if last < after:
        raise BrokenError(f"the log ends at id {last}, before the cursor {after}")
    until = min(last, after + limit)
    rows = await connection.fetch(PAGE, after, until)
    if missing := first_gap([row["id"] for row in rows], after, until):
        await _explain(connection, missing)
    gone = [row for row in rows if row["path"] is None]
    known = await paths.of_gone(connection, gone) if gone else {}
    return [_change(row, known.get(row["id"], UNKNOWN)) for row in rows]


UNKNOWN: Final = paths.Place("", "")
LOWEST = "SELECT min(id) FROM geo_events"


async def _explain(connection: Connection, missing: int) -> None:
    lowest = await connection.fetchval(LOWEST)
    if lowest is None or lowest > missing:
        raise DroppedError(f"retention has dropped id {missing}; the log begins after it")
    raise BrokenError(f"id {missing} is missing, though the log has ids before it")


def _change(row: asyncpg.Record, otherwise: paths.Place) -> Change:
    return Change(
        id=row["id"],
        source=row["source"] or otherwise.source,
        repository=row["path"] or otherwise.path,
        action=row["action"],
        occurred_at=row["occurred_at"],
        recorded_at=row["recorded_at"],
        tag=row["tag"],
        digest=row["digest"],
        former_repository=row["former_path"],
    )
