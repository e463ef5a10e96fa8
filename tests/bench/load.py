"""Load for an HTTP server on this machine, from a process of its own: cheap, and bounded."""

import asyncio
import json
import sys
import time
from dataclasses import asdict, dataclass, field
from itertools import count
from statistics import quantiles
from typing import Final

import uvloop

from tests.bench.http_client import Client, connect
from tests.bench.requests import Requests

_OK: Final = b"200"


@dataclass(frozen=True, slots=True)
class Load:
    """`fresh`: a new connection for each request, as a registry makes it.

    `events` in each envelope; `rate` is of requests a second over all connections, 0: each is sent
    as soon as the one before is answered. `port` and `head` are set by who measures a server.
    """

    connections: int
    fresh: bool
    seconds: float
    requests: int
    events: int = 1
    rate: float = 0
    port: int = 0
    head: str = ""


@dataclass(frozen=True, slots=True)
class Seen:
    """Times in milliseconds, from before connecting where the connection is new.

    Of those `answered`, `refused` were not 200; these do not count for `per_second`.
    """

    answered: int
    refused: int
    per_second: float
    p50: float
    p99: float


@dataclass(slots=True)
class _Run:
    load: Load
    begun: float
    requests: Requests
    times: list[float] = field(default_factory=list)
    started: int = 0
    refused: int = 0

    async def send_until_done(self, lane: int) -> None:
        client: Client | None = None
        for turn in count():
            due = self._due(lane, turn)
            if self.started == self.load.requests or self._is_over(due):
                break
            self.started += 1
            late_since = await _wait_until(due)
            request = self.requests.next(late_since or time.time())
            begun = late_since or time.time()
            client = client or await connect(self.load.port)
            status = await client.exchange(request)
            self.times.append(time.time() - begun)
            self.refused += status != _OK
            if self.load.fresh:
                client.transport.close()
                client = None
        if client:
            client.transport.close()

    def _due(self, lane: int, turn: int) -> float:
        if not self.load.rate:
            return 0
        return self.begun + (lane + turn * self.load.connections) / self.load.rate

    def _is_over(self, due: float) -> bool:
        # Percentiles need two.
        return self.started > 1 and max(due, time.time()) >= self.begun + self.load.seconds


async def _wait_until(due: float) -> float | None:
    """The moment from which a request counts if an answer that came late kept it waiting.

    Otherwise None: that timers are late by up to a millisecond is not the server's fault.
    """
    left = due - time.time()
    if due and left <= 0:
        return due
    if due:
        await asyncio.sleep(left)
    return None


async def run(load: Load) -> Seen:
    """Raises OSError when the server breaks a connection off."""
    requests = Requests(load.head, load.events)
    run = _Run(load, time.time(), requests)
    await asyncio.gather(*map(run.send_until_done, range(load.connections)))
    percentiles = quantiles(run.times, n=100)
    return Seen(
        answered=len(run.times),
        refused=run.refused,
        per_second=(len(run.times) - run.refused) / (time.time() - run.begun),
        p50=percentiles[49] * 1000,
        p99=percentiles[98] * 1000,
    )


if __name__ == "__main__":
    seen = uvloop.run(run(Load(**json.loads(sys.argv[1]))))
    sys.stdout.write(json.dumps(asdict(seen)))
