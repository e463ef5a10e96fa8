"""Connections that never say what they want are closed; the others are left alone."""

import asyncio
from collections.abc import AsyncIterator

import aiohttp
import pytest
from aiohttp import web

from console.local.network.ports import LOOPBACK
from shared import slow_heads
from shared.slow_heads import HeadDeadline

HALF_A_HEAD = b"POST /notifications HTTP/1.1\r\nHost: x\r\n"


@pytest.fixture
async def port(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[int]:
    """A server that gives half a second for a head; it looks ten times a second."""
    monkeypatch.setattr(slow_heads, "_BETWEEN_LOOKS", 0.1)
    app = web.Application()

    async def slow(_request: web.Request) -> web.Response:
        await asyncio.sleep(1.5)
        return web.Response(text="done")

    async def quick(_request: web.Request) -> web.Response:
        return web.Response(text="done")

    app.router.add_get("/slow", slow)
    app.router.add_get("/quick", quick)
    runner = web.AppRunner(app)
    await runner.setup()
    assert runner.server
    heads = HeadDeadline(runner.server, 0.5)
    await web.TCPSite(runner, LOOPBACK, 0).start()
    async with heads.watching():
        yield runner.addresses[0][1]
    await runner.cleanup()


@pytest.mark.parametrize("sent", [b"", HALF_A_HEAD], ids=["nothing", "half a head"])
async def test_a_connection_without_a_request_is_closed(port: int, sent: bytes) -> None:
    reader, writer = await asyncio.open_connection(LOOPBACK, port)
    writer.write(sent)
    async with asyncio.timeout(10):
        assert await reader.read() == b""
    writer.close()


async def test_bytes_that_trickle_in_gain_no_time(port: int) -> None:
    reader, writer = await asyncio.open_connection(LOOPBACK, port)

    async def trickle() -> None:
        writer.write(HALF_A_HEAD)
        while not writer.is_closing():
            writer.write(b"X-Slow: 1\r\n")
            await asyncio.sleep(0.1)

    trickling = asyncio.ensure_future(trickle())
    async with asyncio.timeout(10):
        with pytest.raises((ConnectionError, asyncio.IncompleteReadError)):
            await reader.readexactly(1)
    trickling.cancel()
    writer.close()


async def test_a_request_that_is_being_answered_is_not_cut(port: int) -> None:
    async with (
        aiohttp.ClientSession() as http,
        http.get(f"http://{LOOPBACK}:{port}/slow") as response,
    ):
        assert await response.text() == "done"


async def test_a_connection_that_brought_a_request_is_kept(port: int) -> None:
    reader, writer = await asyncio.open_connection(LOOPBACK, port)

    async def ask() -> bytes:
        writer.write(b"GET /quick HTTP/1.1\r\nHost: x\r\n\r\n")
        return await reader.readuntil(b"done")

    async with asyncio.timeout(20):
        assert await ask()
        # As long as another one, which brings nothing, is let live.
        for _ in range(2):
            silent, _writer = await asyncio.open_connection(LOOPBACK, port)
            assert await silent.read() == b""
            _writer.close()
        assert await ask()
    writer.close()
