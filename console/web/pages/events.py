"""Recorded events: the newest, live, or those that are wanted, page by page."""

from collections.abc import AsyncIterator
from http import HTTPStatus
from typing import Any, Final

from aiohttp import web

from console.events.search import search
from console.events.wanted import ACTIONS
from console.web.live.stream import Parts, stream
from console.web.looking import look
from console.web.pages.downloads import MOST
from console.web.query import wanted
from console.web.recent_events import has_sources, recent
from console.web.state import CONSOLE
from console.web.template import page, render
from shared.configuration import secret

_SHOWN: Final = 100


async def show(request: web.Request) -> web.Response:
    """Raises DatabaseAwayError and UnusableError."""
    chosen, after = wanted.wanted(request.query), wanted.after(request.query)
    values: dict[str, Any] = {
        "actions": ACTIONS,
        "chosen": wanted.fields(request.query),
        "pairs": wanted.pairs(request.query),
        "most": MOST,
    }
    if not chosen and after is None:
        values |= await _newest(request)
        status = HTTPStatus.SERVICE_UNAVAILABLE if values["fault"] else HTTPStatus.OK
        return page(request, "events.html", status=status, **values)
    found = await look(request, lambda connection: search(connection, chosen, after, _SHOWN))
    sources = bool(chosen.source) or has_sources(found.events)
    return page(request, "found.html", found=found, after=after, sources=sources, **values)


async def live(request: web.Request) -> web.StreamResponse:
    return await stream(request, _versions(request))


async def _versions(request: web.Request) -> AsyncIterator[Parts]:
    while True:
        yield {"recent": render(request, "_recent.html", **await _newest(request))}
        if not await request.app[CONSOLE].sampler.next():
            return


async def _newest(request: web.Request) -> dict[str, Any]:
    console = request.app[CONSOLE]
    found = await recent(console.pool, secret(console.settings.database_url), _SHOWN)
    return {
        "sources": found.has_sources,
        "events": found.events,
        "fault": found.fault,
        "caption": f"The newest {_SHOWN}",
        "empty": found.fault or "Nothing yet.",
    }
