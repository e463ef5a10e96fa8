"""GET /geo/events: what comes after a change, at once or when it comes."""

from collections import Counter
from typing import Final

from aiohttp import web

from geo.documents import Asked, Events
from geo.serving import answers, reading
from geo.serving.access import SiteAccess
from geo.serving.log_end import LogEnd
from geo.serving.metrics import ServingMetrics
from geo.serving.pages import Pages
from geo.serving.refusals import BusyError

# A site's own: its followers, and requests that it has given up on and that nobody knows of yet.
_MOST_OF_A_SITE: Final = 32


class EventsHandler:
    """`most` requests may wait at once."""

    def __init__(
        self,
        access: SiteAccess,
        pages: Pages,
        end: LogEnd,
        metrics: ServingMetrics,
        *,
        most: int,
    ) -> None:
        self._access, self._pages = access, pages
        self._end, self._metrics = end, metrics
        self._most = most
        self._waiting: Counter[str] = Counter()

    async def get(self, request: web.Request) -> web.Response:
        site = await self._access.site(request, looks=True)
        asked = reading.asked(request)
        last = await self._end.now(asked.after)
        # One that is behind the log's end has something to read, one before it something to hear.
        if asked.wait and last == asked.after:
            await self._wait(site, asked, request)
            # Its token may have been exchanged meanwhile.
            await self._access.site(request)
            last = await self._end.now(asked.after)
        changes = await self._pages.read(asked.after, last=last, limit=asked.limit)
        self._metrics.changes.inc(len(changes))
        return answers.document(Events(changes, last))

    async def _wait(self, site: str, asked: Asked, request: web.Request) -> None:
        if self._end.waiting >= self._most:
            raise BusyError("too many requests wait for a change")
        if self._waiting[site] >= _MOST_OF_A_SITE:
            raise BusyError("too many requests of this site wait for a change")
        self._waiting[site] += 1
        try:
            # A handler goes on when its client has gone, and holds the place of one who waits.
            await self._end.beyond(asked.after, asked.wait, lambda: request.transport is None)
        finally:
            self._waiting[site] -= 1
            if not self._waiting[site]:
                del self._waiting[site]
