"""Closing connections whose first request never comes: aiohttp waits for it as for a kept one."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Collection
from contextlib import asynccontextmanager
from typing import Final

from aiohttp import web

_BETWEEN_LOOKS: Final = 1.0


class HeadDeadline:
    """Make it before `server` has a connection, and serve inside of `watching`.

    A connection must bring the complete head of its first request within `seconds`. After that the
    server's keep-alive timeout limits how long the next head may take.
    """

    def __init__(self, server: web.Server, seconds: float) -> None:
        self._server = server
        self._seconds = seconds
        self._heard: set[web.RequestHandler] = set()
        self._silent_since: dict[web.RequestHandler, float] = {}
        self._answer = server.request_handler
        server.request_handler = self._hear

    def _hear(self, request: web.BaseRequest) -> Awaitable[web.StreamResponse]:
        connection = request.protocol
        if connection not in self._heard:
            self._heard.add(connection)
            # Its task lives as long as the connection, which nothing here shall outlive.
            request.task.add_done_callback(lambda _: self._heard.discard(connection))
        return self._answer(request)

    @asynccontextmanager
    async def watching(self) -> AsyncIterator[None]:
        watch = asyncio.ensure_future(self._watch())
        try:
            yield
        finally:
            watch.cancel()

    def expired(
        self, connections: Collection[web.RequestHandler], now: float
    ) -> list[web.RequestHandler]:
        """Those of `connections` that have been silent for too long at `now`."""
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

    async def _watch(self) -> None:
        while True:
            for connection in self.expired(self._server.connections, time.monotonic()):
                connection.force_close()
            await asyncio.sleep(_BETWEEN_LOOKS)
