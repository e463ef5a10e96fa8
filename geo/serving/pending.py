"""/geo/pending and what is below it: what a site has to make equal, and what became of it."""

from datetime import timedelta

from aiohttp import web

from geo.documents import Claim, Claimed, DueCount, Failure, Pending, Renewal
from geo.serving import answers, reading
from geo.serving.access import SiteAccess
from geo.serving.journals import Journals


class PendingHandler:
    def __init__(self, access: SiteAccess, journals: Journals) -> None:
        self._access, self._journals = access, journals

    async def get(self, request: web.Request) -> web.Response:
        journal = self._journals(await self._access.site(request))
        return answers.document(DueCount(await journal.due()))

    async def claim(self, request: web.Request) -> web.Response:
        journal = self._journals(await self._access.site(request))
        claim = await reading.body(request, Claim)
        held = await journal.claim(claim.limit, timedelta(seconds=claim.lease))
        return answers.document(Claimed([Pending.of(due) for due in held]))

    async def renew(self, request: web.Request) -> web.Response:
        journal = self._journals(await self._access.site(request))
        renewal = await reading.body(request, Renewal)
        reading.checked(renewal.pending)
        held = [one.due() for one in renewal.pending]
        await journal.renew(held, timedelta(seconds=renewal.lease))
        return answers.nothing()

    async def equal(self, request: web.Request) -> web.Response:
        journal = self._journals(await self._access.site(request))
        done = await reading.body(request, Pending)
        reading.checked([done])
        await journal.equal(done.due())
        return answers.nothing()

    async def failed(self, request: web.Request) -> web.Response:
        journal = self._journals(await self._access.site(request))
        failure = await reading.body(request, Failure)
        reading.checked([failure.pending])
        cause = reading.sentence(failure.cause)
        await journal.failed(failure.pending.due(), cause, timedelta(seconds=failure.again))
        return answers.nothing()
