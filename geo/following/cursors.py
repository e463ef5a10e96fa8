"""How far each site has come: the rows of `geo_sites` as their sites move them."""

from datetime import timedelta

from geo.following.journal import FinalError, OvertakenError, RemovedError
from shared.database import Connection

WRITE_DOWN = """
INSERT INTO geo_sites (name, cursor)
SELECT $1, CASE WHEN $2 THEN last_id ELSE 0 END FROM geo_event_counter
ON CONFLICT (name) DO NOTHING
"""


async def write_down(connection: Connection, site: str, *, at_end: bool) -> None:
    """Where it begins, unless it is there already: at 0, or `at_end` of the log."""
    await connection.execute(WRITE_DOWN, site, at_end)


OF = "SELECT cursor FROM geo_sites WHERE name = $1"


async def of(connection: Connection, site: str) -> int:
    """Raises RemovedError if there is no such site."""
    cursor: int | None = await connection.fetchval(OF, site)
    if cursor is None:
        raise RemovedError(f"there is no site {site} any more")
    return cursor


# By compare and set: of two who have read the same cursor one moves it.
MOVE = """
UPDATE geo_sites SET cursor = $3, seen_at = now(), moved_at = now()
WHERE name = $1 AND cursor = $2
    AND $3 BETWEEN $2 AND (SELECT last_id FROM geo_event_counter)
RETURNING cursor
"""


async def move(connection: Connection, site: str, cursor: int, to: int) -> None:
    """Raises OvertakenError, RemovedError, and FinalError for a place that the log has not."""
    if await connection.fetchval(MOVE, site, cursor, to) is not None:
        return
    now = await of(connection, site)
    if now != cursor:
        raise OvertakenError(f"the cursor of site {site} stands at {now}, no longer at {cursor}")
    raise FinalError(f"a cursor cannot move from {cursor} to {to}: the log has no such place")


# A row that is written anew each time would leave its versions behind for vacuum.
BE_SEEN = """
WITH seen AS (
    UPDATE geo_sites SET seen_at = now()
    WHERE name = $1 AND (seen_at IS NULL OR seen_at < now() - $2::interval)
)
SELECT EXISTS (SELECT FROM geo_sites WHERE name = $1)
"""


async def be_seen(connection: Connection, site: str, after: timedelta) -> bool:
    """Note that it looks, if that was longer ago than `after`; whether there is such a site."""
    return bool(await connection.fetchval(BE_SEEN, site, after))


LEAD = """
UPDATE geo_sites SET follower = $2, follower_until = now() + $3::interval
WHERE name = $1 AND (follower = $2 OR coalesce(follower_until, '-infinity') <= now())
RETURNING name
"""


async def lead(connection: Connection, site: str, follower: str, lease: timedelta) -> bool:
    """Whether it got, or keeps, the lease. Raises RemovedError."""
    if await connection.fetchval(LEAD, site, follower, lease):
        return True
    await of(connection, site)
    return False


STUCK = "UPDATE geo_sites SET error = $2, error_at = now() WHERE name = $1"


async def stuck(connection: Connection, site: str, why: str) -> None:
    await connection.execute(STUCK, site, why)
