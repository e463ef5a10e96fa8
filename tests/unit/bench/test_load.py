import pytest
from aiohttp import web

from console.local.network.ports import LOOPBACK, free_port
from tests.bench.load import Load, run

HEAD = "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n"


@pytest.mark.parametrize("fresh", [True, False], ids=["new connections", "kept connections"])
async def test_what_is_refused_is_no_throughput(*, fresh: bool) -> None:
    async def refuse(request: web.Request) -> web.Response:
        await request.read()
        return web.Response(status=503)

    app = web.Application()
    app.router.add_post("/", refuse)
    runner = web.AppRunner(app)
    await runner.setup()
    port = free_port()
    await web.TCPSite(runner, LOOPBACK, port).start()
    load = Load(2, fresh=fresh, seconds=30, requests=6, port=port, head=HEAD)
    seen = await run(load)
    await runner.cleanup()
    assert (seen.answered, seen.refused, seen.per_second) == (6, 6, 0)
