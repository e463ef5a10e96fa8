"""The first page: is it working, how events move, and what came last."""

from collections.abc import AsyncIterator
from typing import Any, Final, NamedTuple

from aiohttp import web

from console.overview.collector import Overview
from console.web.live.stream import Parts, stream
from console.web.recent_events import Found, recent
from console.web.state import CONSOLE, ConsoleState
from console.web.template import page, render
from console.web.values import sparkline
from shared.configuration import secret

_RECENT: Final = 12
_PARTS: Final = ("strip", "flow", "details", "recent")


class Ingests(NamedTuple):
    total: int
    ready: int

    @property
    def bad(self) -> bool:
        return self.ready < self.total


async def show(request: web.Request) -> web.Response:
    seen = await request.app[CONSOLE].sampler.current()
    return page(request, "overview.html", **await _values(request, seen))


async def live(request: web.Request) -> web.StreamResponse:
    return await stream(request, _versions(request))


async def _versions(request: web.Request) -> AsyncIterator[Parts]:
    sampler = request.app[CONSOLE].sampler
    while True:
        values = await _values(request, await sampler.current())
        yield {part: render(request, f"_{part}.html", **values) for part in _PARTS}
        if not await sampler.next():
            return


async def _recent(console: ConsoleState, seen: Overview) -> Found:
    """A database that did not answer a moment ago is not waited for."""
    if fault := seen.snapshot.database.fault:
        return Found(fault=f"No events can be shown: {fault}")
    url = secret(console.settings.database_url)
    return await recent(console.pool, url, _RECENT)


async def _values(request: web.Request, seen: Overview) -> dict[str, Any]:
    console = request.app[CONSOLE]
    points = console.sampler.points
    ingests = [one for one in seen.snapshot.services if one.kind == "ingest"]
    found = await _recent(console, seen)
    return {
        "seen": seen,
        "ingests": Ingests(len(ingests), sum(not one.fault for one in ingests)),
        "deadline": console.settings.ingest_deadline,
        "recorded": sparkline.chart([(point.at, point.recorded) for point in points]),
        "ready": sparkline.chart([(point.at, point.ready) for point in points]),
        "events": found.events,
        "sources": found.has_sources,
        "caption": "Recent events",
        "empty": found.fault or "Nothing was recorded yet.",
    }
