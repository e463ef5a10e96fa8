"""A change while it goes on, its result, and what came back of it."""

from collections.abc import AsyncIterator

from aiohttp import web

from console.web.live.stream import Parts, stream
from console.web.operations.background import Running
from console.web.state import CONSOLE
from console.web.template import page, render, to


async def show(request: web.Request) -> web.Response:
    running = _find(request)
    return page(
        request, "operation.html", running=running, over=await _look_again(request, running)
    )


async def live(request: web.Request) -> web.StreamResponse:
    return await stream(request, _versions(request, _find(request)))


async def stop(request: web.Request) -> web.Response:
    running = _find(request)
    running.stop.set()
    return to_progress(running)


async def _versions(request: web.Request, running: Running) -> AsyncIterator[Parts]:
    while True:
        over = await _look_again(request, running)
        yield {
            "progress": render(request, "_progress.html", running=running),
            "returned": render(request, "_returned.html", running=running, over=over),
        }
        if over or not await request.app[CONSOLE].sampler.next():
            return


async def _look_again(request: web.Request, running: Running) -> bool:
    """Whether nothing more is to be expected of it."""
    over = running.over
    if running.ended and running.sent:
        await running.coming_back.look(request.app[CONSOLE].scans, running.sent)
    return over


def _find(request: web.Request) -> Running:
    running = request.app[CONSOLE].operations.find(request.match_info["identifier"])
    if running is None:
        raise web.HTTPNotFound(
            text="This console knows of no such operation; the history has what was done."
        )
    return running


def to_progress(running: Running) -> web.Response:
    return to(f"/operations/{running.identifier}")
