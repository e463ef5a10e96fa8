"""The yardstick: the same HTTP server with a handler that reads the body and answers."""

import sys

import uvloop
from aiohttp import web

from ingest.notifications import PATHS
from shared.service import listening, stop_signal


async def main(listen: str) -> None:
    stop = stop_signal()
    app = web.Application()
    app.router.add_post(PATHS[0], _answer)
    async with listening(app, listen):
        await stop.wait()


async def _answer(request: web.Request) -> web.Response:
    await request.read()
    return web.Response(text='{"accepted": 1, "dead_lettered": 0}')


if __name__ == "__main__":
    uvloop.run(main(sys.argv[1]))
