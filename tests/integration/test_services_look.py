"""Asking a service for its figures, however its answer comes over the network."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import aiohttp
from aiohttp import web
from prometheus_client import generate_latest

from console.local.network.ports import LOOPBACK
from console.overview.seen.service import Service
from console.overview.sources import services
from shared.service import listening
from worker.metrics import WorkerMetrics


async def look(parts: Callable[[], AsyncIterator[bytes]]) -> Service:
    """At a service whose /metrics come in `parts`."""
    async with serving(parts) as address, aiohttp.ClientSession() as http:
        (seen,) = await services.look(http, [f"http://{address}"])
    return seen


@asynccontextmanager
async def serving(parts: Callable[[], AsyncIterator[bytes]]) -> AsyncIterator[str]:
    async def metrics(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        async for part in parts():
            await response.write(part)
        return response

    async def ready(_request: web.Request) -> web.Response:
        return web.json_response({"ready": True, "missing": {}})

    app = web.Application()
    app.router.add_get("/metrics", metrics)
    app.router.add_get("/health/ready", ready)
    async with listening(app, f"{LOOPBACK}:0", drain_timeout=0.1) as address:
        yield address


async def test_figures_that_come_in_parts_are_read_to_their_end() -> None:
    figures = WorkerMetrics()
    figures.dead_letters.labels("invalid_event").inc(7)
    text = generate_latest(figures.registry)
    half = text.index(b"registry_events_dead_letters_total{")

    async def halves() -> AsyncIterator[bytes]:
        yield text[:half]
        # The first half arrives alone.
        await asyncio.sleep(0.2)
        yield text[half:]

    assert (await look(halves)).dead_lettered == 7


async def test_an_answer_without_an_end_is_left() -> None:
    async def endless() -> AsyncIterator[bytes]:
        while True:
            yield b"# " + b"x" * 100_000 + b"\n"

    assert (await look(endless)).fault == "its answer is longer than 1,000,000 bytes"


async def test_an_answer_that_does_not_come_is_said_in_words() -> None:
    async def silence() -> AsyncIterator[bytes]:
        yield b"# "
        await asyncio.Event().wait()

    assert (await look(silence)).fault == "no answer within 2 s"
