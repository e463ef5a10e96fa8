"""Which site asks: the one whose token it shows."""

import hmac
from typing import Final

from aiohttp import hdrs, web

from geo.serving.refusals import UnauthorizedError
from geo.sites.token import digest
from shared.database import Pool, borrowed
from shared.logs import get_logger
from shared.throttle import Throttle

# Seconds between two lines of the log.
_QUIET: Final = 1.0

FIND = "SELECT name, token_hash FROM geo_sites WHERE token_hash = $1"
# In the same round trip. A row that is written anew each time would leave its versions behind for
# vacuum, so what is said of a last look may be ten seconds old.
SEE = """
WITH seen AS (
    UPDATE geo_sites SET seen_at = now()
    WHERE token_hash = $1 AND (seen_at IS NULL OR seen_at < now() - interval '10 seconds')
)
SELECT name, token_hash FROM geo_sites WHERE token_hash = $1
"""


class SiteAccess:
    """Asks the database each time: a token that was exchanged opens nothing from then on."""

    def __init__(self, pool: Pool, *, seconds: float) -> None:
        self._pool = pool
        self._seconds = seconds
        self._refused = Throttle(_QUIET)

    async def site(self, request: web.Request, *, looks: bool = False) -> str:
        """The site's name; one that `looks` for changes is seen.

        Raises UnauthorizedError and what a statement fails with.
        """
        scheme, _, token = request.headers.get(hdrs.AUTHORIZATION, "").partition(" ")
        is_shown = scheme.lower() == "bearer"
        site = await self._site_of(token.strip(), SEE if looks else FIND) if is_shown else ""
        if not site:
            if count := self._refused.count():
                get_logger().warning("request.unauthorized", remote=request.remote, count=count)
            raise UnauthorizedError("the Authorization header is no site's token")
        return site

    async def _site_of(self, token: str, statement: str) -> str:
        shown = digest(token)
        async with borrowed(self._pool, seconds=self._seconds) as connection:
            row = await connection.fetchrow(statement, shown)
        # How far an index compares says nothing of a token, only of its digest.
        is_right = row is not None and hmac.compare_digest(row["token_hash"], shown)
        return row["name"] if row and is_right else ""
