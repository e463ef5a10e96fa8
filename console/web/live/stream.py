"""Server-sent events: parts of a page, rendered again whenever there is something new.

https://html.spec.whatwg.org/multipage/server-sent-events.html
"""

import json
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Final

from aiohttp import web

from console.web.access.token import COOKIE

# Each asks the database again at every look, and holds what it sent last.
_MOST: Final = 200
# More than a browser's tabs, and those that were left a moment ago.
_MOST_OF_A_SESSION: Final = 20
# A proxy that buffers (nginx does by default) would hold the parts back.
_HEADERS: Final = {
    "Content-Type": "text/event-stream; charset=utf-8",
    "X-Accel-Buffering": "no",
}

Parts = Mapping[str, str]


class Streams:
    """How many are open, by session: those without one (no cookie) share a part."""

    def __init__(self) -> None:
        self._open = Counter[str]()

    @contextmanager
    def place(self, session: str) -> Iterator[None]:
        """Raises HTTPServiceUnavailable."""
        if self._open[session] >= _MOST_OF_A_SESSION or self._open.total() >= _MOST:
            raise web.HTTPServiceUnavailable(text="Too many pages are open; this one is not live.")
        self._open[session] += 1
        try:
            yield
        finally:
            self._open[session] -= 1
            # Sessions come and go without end.
            self._open += Counter()


STREAMS: Final = web.AppKey("STREAMS", Streams)


async def stream(request: web.Request, versions: AsyncIterator[Parts]) -> web.StreamResponse:
    """Send each of `versions`, element id to HTML; what did not change is left out."""
    response = web.StreamResponse(headers=_HEADERS)
    with request.app[STREAMS].place(request.cookies.get(COOKIE, "")):
        await response.prepare(request)
        with suppress(ConnectionError):
            await _send(response, versions)
    return response


async def _send(response: web.StreamResponse, versions: AsyncIterator[Parts]) -> None:
    sent: dict[str, str] = {}
    async for parts in versions:
        changed = {name: html for name, html in parts.items() if sent.get(name) != html}
        sent.update(changed)
        await response.write(f"data: {json.dumps(changed)}\n\n".encode())
