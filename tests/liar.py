"""Somebody between us and a registry who counts what passes, and answers some of it himself."""

import re
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Final

import aiohttp
from aiohttp import web
from multidict import CIMultiDict

from console.local.network.ports import LOOPBACK, free_port
from console.local.servers.registry import Registry

Answer = Callable[[web.Request], Awaitable[web.StreamResponse | None]]

_KINDS: Final = re.compile(r"/v2/.+?/(manifests|blobs/uploads|blobs|tags|referrers)\b")
_NOT_PASSED: Final = {"Content-Length", "Transfer-Encoding", "Connection", "Date", "Server"}


class Liar:
    """`lies` are asked first: each gives an answer, or None to let the request pass.

    `asked` counts requests by method and kind, such as `GET blobs`.
    """

    def __init__(self, registry: Registry) -> None:
        self.lies: list[Answer] = []
        self.asked: Counter[str] = Counter()
        self.port = free_port()
        self._registry = registry

    @property
    def address(self) -> str:
        return f"{LOOPBACK}:{self.port}"

    @asynccontextmanager
    async def running(self) -> AsyncIterator["Liar"]:
        app = web.Application(client_max_size=0)
        app.router.add_route("*", "/{path:.*}", self._answer)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, LOOPBACK, self.port).start()
        async with aiohttp.ClientSession(auto_decompress=False) as self._http:
            yield self
        await runner.cleanup()

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        found = _KINDS.match(request.path)
        self.asked[f"{request.method} {found[1] if found else request.path}"] += 1
        for lie in self.lies:
            if answer := await lie(request):
                return answer
        return await self._pass(request)

    async def _pass(self, request: web.Request) -> web.Response:
        # The registry names itself by the Host header, so its answers lead back here.
        url = f"http://{self._registry.address}{request.path_qs}"
        body = await request.read()
        headers = _passed(request.headers)
        async with self._http.request(
            request.method, url, headers=headers, data=body, allow_redirects=False
        ) as response:
            passed = _passed(response.headers)
            if request.method == "HEAD":
                passed["Content-Length"] = response.headers.get("Content-Length", "0")
            return web.Response(status=response.status, headers=passed, body=await response.read())


def _passed(headers: Mapping[str, str]) -> CIMultiDict[str]:
    """A header may stand there several times."""
    return CIMultiDict((name, value) for name, value in headers.items() if name not in _NOT_PASSED)


def instead(part: str, answer: Callable[[], web.StreamResponse], *, method: str = "GET") -> Answer:
    """`answer` for requests whose path has `part` in it."""

    async def lie(request: web.Request) -> web.StreamResponse | None:
        return answer() if request.method == method and part in request.path else None

    return lie
