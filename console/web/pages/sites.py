"""The sites that follow the log: how far they are, and what fails there."""

from collections.abc import AsyncIterator
from http import HTTPStatus
from typing import Any

from aiohttp import web

from console.database import database_errors
from console.web.followed import MOST, followed
from console.web.live.stream import Parts, stream
from console.web.query import given
from console.web.state import CONSOLE
from console.web.template import USER, page, render, to
from console.words.away import ANSWER
from geo.sites import keeping
from shared.configuration import secret
from shared.database import transaction
from shared.logs import get_logger
from shared.text import storable


async def show(request: web.Request) -> web.Response:
    values = await _values(request)
    status = HTTPStatus.SERVICE_UNAVAILABLE if values["fault"] else HTTPStatus.OK
    return page(request, "sites.html", status=status, **values)


async def live(request: web.Request) -> web.StreamResponse:
    return await stream(request, _versions(request))


async def retry(request: web.Request) -> web.Response:
    """What fails at a site is due now: nothing that would not come by itself, so nobody is asked.

    Raises DatabaseAwayError and UnusableError.
    """
    console = request.app[CONSOLE]
    site = storable(given.text(await given.form(request), "site"))
    with database_errors(secret(console.settings.database_url)):
        async with transaction(console.pool, seconds=ANSWER) as connection:
            count = await keeping.retry(connection, site)
    get_logger().info("site.retried", site=site, repositories=count, actor=request[USER].name)
    return to("/sites")


async def _versions(request: web.Request) -> AsyncIterator[Parts]:
    while True:
        yield {"sites": render(request, "_sites.html", **await _values(request))}
        if not await request.app[CONSOLE].sampler.next():
            return


async def _values(request: web.Request) -> dict[str, Any]:
    console = request.app[CONSOLE]
    found = await followed(console.pool, secret(console.settings.database_url))
    return {"sites": found.sites, "fault": found.fault, "most": MOST}
