"""How long a registry waits while another one sends a very large envelope."""

import asyncio
import json
import time
from collections.abc import Callable, Iterator
from statistics import median
from typing import Final

import aiohttp

from console.local.network.ports import LOOPBACK
from ingest.envelope import MOST_EVENTS
from ingest.notifications import PATHS
from tests.bench.events import envelope, pushes
from tests.bench.figures import OURS, Aim, Figure, Section
from tests.bench.ingests import Target, ours
from tests.bench.scale import Scale
from tests.bench.servers import Servers
from tests.running import TOKEN

_NOTE: Final = """\
neighbours: one notification after another, each on a new connection, while somebody else's
envelopes come one after another; a registry's timeout is 500 ms in its example."""
_LONGEST: Final = 50.0
_LARGEST: Final = 4 * 1024 * 1024
_MINIMAL: Final = {
    "timestamp": "2026-01-01T00:00:00Z",
    "action": "push",
    "target": {"repository": "a/b"},
}


async def measure(servers: Servers, scale: Scale) -> Section:
    figures: list[Figure] = []
    async with servers.place() as place:
        with ours(place) as target:
            for name, body in _bodies().items():
                figures += _figures(name, *await _beside(target, body, scale.neighbours))
    aims = [Aim(f"{name}: longest ms", limit=_LONGEST) for name in _bodies()]
    return Section("ingest, beside", figures, _NOTE, aims)


def _figures(name: str, waits: list[float], answers: list[float]) -> Iterator[Figure]:
    values = {"p50 ms": median(waits), "longest ms": max(waits)}
    if answers:
        values["own answers, ms"] = median(answers)
    for measure, value in values.items():
        yield Figure(f"{name}: {measure}", OURS, "ms", (value,), is_cost=True)


def _bodies() -> dict[str, bytes]:
    invalid = json.dumps({"events": [{"a": 12}] * MOST_EVENTS})
    valid = [{"id": str(number), **_MINIMAL} for number in range(MOST_EVENTS)]
    keys = ",".join(['"":1'] * (_LARGEST // 5 - 1))
    escapes = json.dumps({"events": [{**_MINIMAL, "actor": "\n" * (_LARGEST // 2 - 200)}]})
    return {
        "nobody": b"",
        f"{MOST_EVENTS:,} invalid events": invalid.encode(),
        f"{MOST_EVENTS:,} pushes": json.dumps({"events": valid}).encode(),
        "4 MiB of keys": f"{{{keys}}}".encode(),
        "4 MiB of escapes": escapes.encode(),
        "4 MiB of brackets": b'{"events":[' + b"[" * (_LARGEST - 20),
    }


async def _beside(target: Target, body: bytes, count: int) -> tuple[list[float], list[float]]:
    """Milliseconds that small notifications took meanwhile, and each of `count` large ones."""
    waits: list[float] = []
    answers: list[float] = []
    connector = aiohttp.TCPConnector(force_close=True)
    headers = {"Authorization": f"Bearer {TOKEN}"}
    async with aiohttp.ClientSession(connector=connector, headers=headers) as http:

        async def post(body: bytes, times: list[float]) -> None:
            started = time.perf_counter()
            url = f"http://{LOOPBACK}:{target.port}{PATHS[0]}"
            async with http.post(url, data=body) as response:
                await response.read()
            times.append((time.perf_counter() - started) * 1000)

        async def others() -> None:
            for _ in range(count):
                if body:
                    await post(body, answers)

        async def registry(is_over: Callable[[], bool]) -> None:
            small = map(envelope, pushes(1_000_000))
            while len(waits) < count * 20 or not is_over():
                await post(next(small), waits)

        sending = asyncio.ensure_future(others())
        await registry(sending.done)
        await sending
    return waits, answers
