"""/geo/cursor, /geo/everything, /geo/lead, /geo/stuck: where a site stands, and who moves it."""

from datetime import timedelta

from aiohttp import web

from geo.documents import Cursor, Lead, Leads, Move, Restart, Stuck
from geo.serving import answers, reading
from geo.serving.access import SiteAccess
from geo.serving.journals import Journals


class CursorHandler:
    def __init__(self, access: SiteAccess, journals: Journals) -> None:
        self._access, self._journals = access, journals

    async def get(self, request: web.Request) -> web.Response:
        journal = self._journals(await self._access.site(request))
        return answers.document(Cursor(await journal.cursor()))

    async def put(self, request: web.Request) -> web.Response:
        journal = self._journals(await self._access.site(request))
        move = await reading.body(request, Move)
        reading.checked(move.pending)
        await journal.advance(move.from_, move.to, [one.due() for one in move.pending])
        return answers.document(Cursor(move.to))

    async def everything(self, request: web.Request) -> web.Response:
        """All repositories of the catalogue are pending, and the cursor stands at the log's end."""
        site = await self._access.site(request)
        restart = await reading.body(request, Restart)
        journal = self._journals(site, restart.source)
        return answers.document(Cursor(await journal.everything(restart.cursor)))

    async def lead(self, request: web.Request) -> web.Response:
        journal = self._journals(await self._access.site(request))
        asked = await reading.body(request, Lead)
        leads = await journal.lead(asked.follower, timedelta(seconds=asked.lease))
        return answers.document(Leads(leads))

    async def stuck(self, request: web.Request) -> web.Response:
        journal = self._journals(await self._access.site(request))
        said = await reading.body(request, Stuck)
        await journal.stuck(reading.sentence(said.why))
        return answers.nothing()
