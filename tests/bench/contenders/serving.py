"""How each ingest on aiohttp is served: as its documentation shows it, on uvloop."""

import os
from collections.abc import AsyncIterator, Callable

import uvloop
from aiohttp import web
from aiohttp.typedefs import Handler

from console.local.network.ports import LOOPBACK
from ingest.notifications import PATHS


def serve(take: Handler, *contexts: Callable[[web.Application], AsyncIterator[None]]) -> None:
    """Until SIGTERM, on the port that the environment names."""
    app = web.Application()
    app.router.add_post(PATHS[0], take)
    app.cleanup_ctx.extend(contexts)
    port, loop = int(os.environ["PORT"]), uvloop.new_event_loop()
    web.run_app(app, host=LOOPBACK, port=port, access_log=None, shutdown_timeout=1, loop=loop)
