"""One of our workers before queues of several lengths."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from tests.bench import backlog, cost
from tests.bench.drain import rate
from tests.bench.figures import OURS, Aim, Figure, Section
from tests.bench.scale import MILLION, Scale
from tests.bench.servers import Servers
from tests.bench.workers import OUR_WORKER

_SHORT: Final = 1_000
_USUAL: Final = 100_000
_MOST_MEGABYTES: Final = 100
_NOTE: Final = """\
It comes when the queue is full. memory: the most resident memory (VmHWM) that it ever had; it shall
not depend on how much waits."""


@dataclass(frozen=True, slots=True)
class _Seen:
    per_second: float
    megabytes: float


async def measure(servers: Servers, scale: Scale) -> Section:
    lengths = sorted({_SHORT, min(_USUAL, scale.held), scale.held})
    figures: list[Figure] = []
    for length in lengths:
        rounds = 1 if length >= MILLION else scale.rounds
        seen = [await _drain(servers, length) for _ in range(rounds)]
        figures += _figures(length, seen)
    aims = [Aim(one.measure, limit=_MOST_MEGABYTES) for one in figures if one.is_cost]
    return Section("worker, by how much waits", figures, _NOTE, aims)


async def _drain(servers: Servers, length: int) -> _Seen:
    async with servers.place() as place:
        await backlog.preload(place.amqp_url, length)
        await servers.rest()
        with OUR_WORKER.running(place) as worker:
            await backlog.recorded(place.database_url, length)
            return _Seen(await rate(place), cost.peak_megabytes(worker.pid or 0))


def _figures(length: int, seen: list[_Seen]) -> Iterator[Figure]:
    rates, peaks = tuple(one.per_second for one in seen), tuple(one.megabytes for one in seen)
    yield Figure(f"{length:,} waiting: events/s", OURS, "events/s", rates)
    yield Figure(f"{length:,} waiting: memory, MB", OURS, "MB", peaks, is_cost=True)
