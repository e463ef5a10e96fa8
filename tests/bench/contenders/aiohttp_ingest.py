"""The obvious design: aiohttp, pydantic and aio-pika, each as its documentation shows it.

https://docs.aiohttp.org/en/stable/web_advanced.html, "Cleanup Context".
"""

import os
from collections.abc import AsyncIterator

import uvloop
from aio_pika.abc import AbstractExchange
from aiohttp import web
from pydantic import ValidationError

from console.local.ports import LOOPBACK
from ingest.notifications import PATHS
from tests.bench.contenders import documented_events as documented

_EXCHANGE = web.AppKey("exchange", AbstractExchange)


async def _take(request: web.Request) -> web.Response:
    if not documented.is_known(request.headers.get("Authorization")):
        return web.Response(status=401)
    try:
        envelope = documented.Envelope.model_validate_json(await request.read())
    except ValidationError as error:
        return web.Response(status=422, text=str(error))
    await documented.publish(request.app[_EXCHANGE], envelope.events)
    return web.json_response({"accepted": len(envelope.events)})


async def _broker(app: web.Application) -> AsyncIterator[None]:
    async with documented.exchange() as exchange:
        app[_EXCHANGE] = exchange
        yield


def main() -> None:
    app = web.Application()
    app.router.add_post(PATHS[0], _take)
    app.cleanup_ctx.append(_broker)
    port, loop = int(os.environ["PORT"]), uvloop.new_event_loop()
    web.run_app(app, host=LOOPBACK, port=port, access_log=None, shutdown_timeout=1, loop=loop)


if __name__ == "__main__":
    main()
