"""The yardstick: an aiohttp handler that reads the body and answers, and nothing around it."""

from aiohttp import web

from tests.bench.contenders.serving import serve


async def _answer(request: web.Request) -> web.Response:
    await request.read()
    return web.Response(text='{"accepted": 1, "dead_lettered": 0}')


if __name__ == "__main__":
    serve(_answer)
