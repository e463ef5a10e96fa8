"""Recent events, live, by repository, action and source."""

from collections.abc import AsyncIterator
from http import HTTPStatus
from typing import Any, Final

from aiohttp import web

from console.web.live.stream import Parts, stream
from console.web.pages.downloads import MOST
from console.web.query import selection
from console.web.recent_events import ALL_ACTIONS, SEARCHED, EventFilter, recent
from console.web.state import CONSOLE
from console.web.template import page, render
from shared.configuration import secret

_SHOWN: Final = 100


async def show(request: web.Request) -> web.Response:
    values = await _values(request, selection.events(request.query))
    status = HTTPStatus.SERVICE_UNAVAILABLE if values["fault"] else HTTPStatus.OK
    return page(request, "events.html", status=status, **values)


async def live(request: web.Request) -> web.StreamResponse:
    return await stream(request, _versions(request, selection.events(request.query)))


async def _versions(request: web.Request, chosen: EventFilter) -> AsyncIterator[Parts]:
    while True:
        yield {"recent": render(request, "_recent.html", **await _values(request, chosen))}
        if not await request.app[CONSOLE].sampler.next():
            return


async def _values(request: web.Request, chosen: EventFilter) -> dict[str, Any]:
    console = request.app[CONSOLE]
    found = await recent(console.pool, secret(console.settings.database_url), chosen, _SHOWN)
    nothing = f"None of the newest {SEARCHED:,} events matches." if chosen else "Nothing yet."
    return {
        "chosen": chosen,
        "actions": ALL_ACTIONS,
        "pairs": {
            "repository": chosen.repository,
            "action": chosen.action,
            **({"source": chosen.source} if chosen.source else {}),
        },
        "sources": found.has_sources or chosen.source,
        "events": found.events,
        "fault": found.fault,
        "most": MOST,
        "caption": f"The newest {_SHOWN}" + (" that match" if chosen else ""),
        "empty": found.fault or nothing,
    }
