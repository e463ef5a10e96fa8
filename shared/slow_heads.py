"""Closing connections whose first request never comes: aiohttp waits for it as for a kept one."""

import asyncio
import time
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from typing import Final

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

_BETWEEN_LOOKS: Final = 1.0


class HeadDeadline:
    """Put `middleware` into the application, and serve inside of `watching`.

    A connection must bring the complete head of its first request within `seconds`. After that the
    server's keep-alive timeout limits how long the next head may take.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._heard: set[web.RequestHandler] = set()
        self._silent_since: dict[web.RequestHandler, float] = {}

    @property
    def middleware(self) -> Middleware:
        @web.middleware
        async def hear(request: web.Request, handler: Handler) -> web.StreamResponse:
            self._heard.add(request.protocol)
            return await handler(request)

        return hear

    @asynccontextmanager
    async def watching(self, runner: web.AppRunner) -> AsyncIterator[None]:
        watch = asyncio.ensure_future(self._watch(runner))
        try:
            yield
        finally:
            watch.cancel()

    def expired(
        self, connections: Collection[web.RequestHandler], now: float
    ) -> list[web.RequestHandler]:
        """Those of `connections` that have been silent for too long at `now`."""
        self._heard.intersection_update(connections)
        known = self._silent_since
        self._silent_since = {
            connection: known.get(connection, now)
            for connection in connections
            if connection not in self._heard
        }
        return [
            connection
            for connection, since in self._silent_since.items()
            if now - since >= self._seconds
        ]

    async def _watch(self, runner: web.AppRunner) -> None:
        while server := runner.server:
            for connection in self.expired(server.connections, time.monotonic()):
                connection.force_close()
            await asyncio.sleep(_BETWEEN_LOOKS)
