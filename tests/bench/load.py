"""Load for an HTTP server on this machine, from a process of its own: cheap, and bounded."""

import asyncio
import json
import re
import sys
import time
from dataclasses import asdict, dataclass, field
from statistics import quantiles
from typing import Final

import uvloop

from console.local.ports import LOOPBACK
from ingest.notifications import PATHS
from tests.bench.events import envelope, pushes
from tests.running import EVENTS_TYPE, TOKEN

_HEAD_END: Final = b"\r\n\r\n"
_LENGTH: Final = re.compile(rb"content-length: *(\d+)", re.IGNORECASE)
_OK: Final = b"200"


@dataclass(frozen=True, slots=True)
class Load:
    """`fresh`: a new connection for each request, as a registry makes it."""

    port: int
    connections: int
    fresh: bool
    seconds: float
    requests: int


@dataclass(frozen=True, slots=True)
class Seen:
    """Times in milliseconds, from before connecting where the connection is new."""

    answered: int
    refused: int
    per_second: float
    p50: float
    p99: float


class _Client(asyncio.Protocol):
    transport: asyncio.Transport

    def __init__(self) -> None:
        self._received = b""
        self._status: asyncio.Future[bytes] | None = None

    def exchange(self, request: bytes) -> "asyncio.Future[bytes]":
        self._received = b""
        self._status = asyncio.get_running_loop().create_future()
        self.transport.write(request)
        return self._status

    def data_received(self, data: bytes) -> None:
        self._received += data
        head, end, body = self._received.partition(_HEAD_END)
        length = _LENGTH.search(head)
        if end and length and len(body) >= int(length[1]) and self._status:
            self._status.set_result(head[9:12])

    def connection_lost(self, exc: Exception | None) -> None:
        if self._status and not self._status.done():
            self._status.set_exception(exc or ConnectionResetError("closed without an answer"))


@dataclass(slots=True)
class _Run:
    load: Load
    deadline: float
    request: bytes
    times: list[float] = field(default_factory=list)
    started: int = 0
    refused: int = 0

    async def send_until_done(self) -> None:
        client: _Client | None = None
        while self.started < self.load.requests and time.perf_counter() < self.deadline:
            self.started += 1
            begun = time.perf_counter()
            client = client or await _connect(self.load.port)
            status = await client.exchange(self.request)
            self.times.append(time.perf_counter() - begun)
            self.refused += status != _OK
            if self.load.fresh:
                client.transport.close()
                client = None
        if client:
            client.transport.close()


async def _connect(port: int) -> _Client:
    loop = asyncio.get_running_loop()
    transport, client = await loop.create_connection(_Client, LOOPBACK, port)
    client.transport = transport
    return client


async def run(load: Load) -> Seen:
    """Raises OSError when the server breaks a connection off."""
    begun = time.perf_counter()
    run = _Run(load, begun + load.seconds, _request())
    await asyncio.gather(*(run.send_until_done() for _ in range(load.connections)))
    percentiles = quantiles(run.times, n=100)
    return Seen(
        answered=len(run.times),
        refused=run.refused,
        per_second=len(run.times) / (time.perf_counter() - begun),
        p50=percentiles[49] * 1000,
        p99=percentiles[98] * 1000,
    )


def _request() -> bytes:
    body = envelope(next(pushes(1)))
    head = (
        f"POST {PATHS[0]} HTTP/1.1\r\nHost: {LOOPBACK}\r\nUser-Agent: Go-http-client/1.1\r\n"
        f"Content-Length: {len(body)}\r\nAuthorization: Bearer {TOKEN}\r\n"
        f"Content-Type: {EVENTS_TYPE}\r\nAccept-Encoding: gzip\r\n\r\n"
    )
    return head.encode() + body


if __name__ == "__main__":
    seen = uvloop.run(run(Load(**json.loads(sys.argv[1]))))
    sys.stdout.write(json.dumps(asdict(seen)))
