"""The obvious design: aiohttp, pydantic and aio-pika, each as its documentation shows it.

https://docs.aiohttp.org/en/stable/web_advanced.html, "Cleanup Context".
"""

from collections.abc import AsyncIterator

from aio_pika.abc import AbstractExchange
from aiohttp import web
from pydantic import ValidationError

from tests.bench.contenders import documented_events as documented
from tests.bench.contenders.serving import serve

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


if __name__ == "__main__":
    serve(_take, _broker)
