"""A server of a test that says what real registries do not, and remembers what it was asked."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from typing import NamedTuple

from aiohttp import web

from console.local.network.ports import LOOPBACK, free_port
from geo.registry.client import Registry
from geo.registry.credentials import Credentials, Login
from geo.registry.location import Location

Answering = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Asked(NamedTuple):
    """`query` is as it came."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str]


class StandIn:
    """`asked` has every request, in the order in which they came."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.asked: list[Asked] = []

    @property
    def authorizations(self) -> list[str | None]:
        return [one.headers.get("Authorization") for one in self.asked]


@asynccontextmanager
async def standing_in(answering: Answering, host: str = LOOPBACK) -> AsyncIterator[StandIn]:
    port = free_port()
    stand_in = StandIn(f"http://{host}:{port}")

    async def answer(request: web.BaseRequest) -> web.StreamResponse:
        query = request.raw_path.partition("?")[2]
        asked = Asked(request.method, request.path, query, request.headers)
        stand_in.asked.append(asked)
        assert isinstance(request, web.Request)
        return await answering(request)

    app = web.Application(client_max_size=1024**3)
    app.router.add_route("*", "/{path:.*}", answer)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0)
    await runner.setup()
    await web.TCPSite(runner, LOOPBACK, port).start()
    try:
        yield stand_in
    finally:
        await runner.cleanup()


def client(url: str, login: Login | None = None, *, timeout: float = 20) -> Registry:
    location = Location.parse(url)
    credentials = Credentials({location.name: login} if login else {})
    return Registry(location, credentials=credentials, tls=None, timeout=timeout)
