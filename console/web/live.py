"""Server-sent events: parts of a page, rendered again whenever there is something new.

https://html.spec.whatwg.org/multipage/server-sent-events.html
"""

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import suppress
from typing import Final

from aiohttp import web

STREAMS: Final = web.AppKey("STREAMS", set[object])
_MOST: Final = 100
# A proxy that buffers (nginx does by default) would hold the parts back.
_HEADERS: Final = {
    "Content-Type": "text/event-stream; charset=utf-8",
    "X-Accel-Buffering": "no",
}

Parts = Mapping[str, str]


async def stream(request: web.Request, versions: AsyncIterator[Parts]) -> web.StreamResponse:
    """Send each of `versions`, element id to HTML; what did not change is left out."""
    streams = request.app[STREAMS]
    if len(streams) >= _MOST:
        raise web.HTTPServiceUnavailable(text="Too many pages are open; this one is not live.")
    response = web.StreamResponse(headers=_HEADERS)
    place = object()
    streams.add(place)
    try:
        await response.prepare(request)
        with suppress(ConnectionError):
            await _send(response, versions)
    finally:
        streams.discard(place)
    return response


async def _send(response: web.StreamResponse, versions: AsyncIterator[Parts]) -> None:
    sent: dict[str, str] = {}
    async for parts in versions:
        changed = {name: html for name, html in parts.items() if sent.get(name) != html}
        sent.update(changed)
        await response.write(f"data: {json.dumps(changed)}\n\n".encode())
