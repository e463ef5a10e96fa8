"""The sites as their page shows them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from console.database import reading
from console.web.unreadable import unreadable
from geo.sites import standing
from geo.sites.standing import Failing, Site
from shared.database import ERRORS, Connection, Pool

# A follower looks every half minute at the latest, and says so to some seconds.
_GONE: Final = timedelta(minutes=1)
# Of a site; more are one fault of its registry, and not read one by one.
MOST: Final = 100
_NOW: Final = "SELECT statement_timestamp()"


@dataclass(frozen=True, slots=True)
class Followed:
    """A site, and those that fail there; `now` is by the database's clock."""

    site: Site
    failing: Sequence[Failing]
    now: datetime

    @property
    def is_gone(self) -> bool:
        """Nobody seems to follow for it."""
        return self.site.seen_at is None or self.now - self.site.seen_at > _GONE

    def is_due(self, one: Failing) -> bool:
        return one.due_at <= self.now


@dataclass(frozen=True, slots=True)
class Found:
    """`fault` says why there are none to show."""

    sites: Sequence[Followed] = ()
    fault: str = ""


async def followed(pool: Pool, url: str) -> Found:
    """Never raises. What it says of the server of `url` names it."""
    try:
        async with reading(pool) as connection:
            now = await connection.fetchval(_NOW)
            sites = await standing.sites(connection)
            return Found([Followed(one, await _failing(connection, one), now) for one in sites])
    except ERRORS as error:
        return Found(fault=unreadable("No sites", error, url))


async def _failing(connection: Connection, site: Site) -> Sequence[Failing]:
    return await standing.failing(connection, site.name, MOST) if site.failing else ()
