"""One worker process against a queue that is full when it comes."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import partial
from typing import Final

import asyncpg

from console.local.ports import LOOPBACK, free_port
from console.local.processes import Process
from tests.bench import backlog, cost
from tests.bench.figures import OURS, Aim, Figure, Section
from tests.bench.plain_worker import PREFETCH, SEQUENCE
from tests.bench.scale import Scale
from tests.bench.servers import Place, Servers

_NOTE: Final = f"""\
worker: one process; the plain one makes a transaction of each message, prefetch {PREFETCH}.
events/s: recorded between the starts of the first and of the last transaction, Postgres' clock.
CPU: user and system time of the process families from the worker's start until all is idle, less
the same for a start with an empty queue."""
# Events recorded before the last transaction started, in the time since the first one did.
_RATE: Final = """
SELECT count(*) FILTER (WHERE recorded_at < last) / extract(epoch FROM last - first)
FROM tracking_events,
    (SELECT min(recorded_at), max(recorded_at) FROM tracking_events) AS edges (first, last)
GROUP BY first, last
"""

_PLAIN: Final = "plain worker"

Start = Callable[[Place], AbstractContextManager[Process]]


@dataclass(frozen=True, slots=True)
class Drained:
    """`cpu` in seconds an event, by process family."""

    per_second: float
    cpu: cost.Costs


def ours(place: Place) -> AbstractContextManager[Process]:
    listen = f"{LOOPBACK}:{free_port()}"
    return place.running("console", "worker", REGISTRY_EVENTS_WORKER_LISTEN=listen)


def plain(place: Place) -> AbstractContextManager[Process]:
    return place.running("tests.bench.plain_worker")


async def measure(servers: Servers, scale: Scale) -> Section:
    results: dict[Start, list[Drained]] = {ours: [], plain: []}
    for _ in range(scale.rounds):
        for start, drained in results.items():
            drained.append(await _round(servers, start, scale.drained))
    title = f"worker, {scale.drained:,} events queued"
    figures = [*_figures(OURS, results[ours]), *_figures(_PLAIN, results[plain])]
    return Section(title, figures, _NOTE, [Aim("events/s", _PLAIN, ratio=9)])


async def _round(servers: Servers, start: Start, count: int) -> Drained:
    _, idle = await _life(servers, start, 0)
    rate, spent = await _life(servers, start, count)
    costs = cost.difference(spent, idle)
    return Drained(rate, {family: seconds / count for family, seconds in costs.items()})


async def _life(servers: Servers, start: Start, count: int) -> tuple[float, cost.Costs]:
    """A worker's rate and CPU seconds until it has recorded the `count` events it finds."""
    async with servers.place() as place:
        await _execute(place, SEQUENCE if start is plain else "SELECT 1")
        await backlog.preload(place.amqp_url, count)
        await _execute(place, "CHECKPOINT")
        await servers.rest()
        before = servers.cpu_seconds()
        with start(place) as worker:
            await backlog.consumed(place.amqp_url)
            await backlog.recorded(place.database_url, count)
            await servers.rest()
            after = {"worker": cost.cpu_seconds(worker.pid or 0), **servers.cpu_seconds()}
        rate = await _execute(place, _RATE)
        return float(rate or 0), cost.difference(after, before)


async def _execute(place: Place, statement: str) -> float | None:
    connection = await asyncpg.connect(place.database_url)
    try:
        if statement == _RATE:
            value: float | None = await connection.fetchval(statement)
            return value
        await connection.execute(statement)
    finally:
        await connection.close()
    return None


def _figures(name: str, rounds: list[Drained]) -> list[Figure]:
    rates = tuple(one.per_second for one in rounds)
    costs = {family: partial(_cost, family) for family in rounds[0].cpu}
    return [
        Figure("events/s", name, "events/s", rates),
        *(
            Figure(f"{family} CPU µs/event", name, "µs", tuple(map(of, rounds)), is_cost=True)
            for family, of in costs.items()
        ),
    ]


def _cost(family: str, one: Drained) -> float:
    return one.cpu[family] * 1e6
