"""The yardstick: an aiohttp handler that reads the body and answers, and nothing around it."""

import os

import uvloop
from aiohttp import web

from console.local.ports import LOOPBACK
from ingest.notifications import PATHS


async def _answer(request: web.Request) -> web.Response:
    await request.read()
    return web.Response(text='{"accepted": 1, "dead_lettered": 0}')


def main() -> None:
    app = web.Application()
    app.router.add_post(PATHS[0], _answer)
    port, loop = int(os.environ["PORT"]), uvloop.new_event_loop()
    web.run_app(app, host=LOOPBACK, port=port, access_log=None, shutdown_timeout=1, loop=loop)


if __name__ == "__main__":
    main()
