"""From the POST to the row: an ingest and a worker, at their most and at half of it."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from typing import Final

import asyncpg

from tests.bench import backlog, cost, ingests
from tests.bench.cells import cell
from tests.bench.figures import OURS, Aim, Figure, Section
from tests.bench.ingests import Target
from tests.bench.load import Load, Seen
from tests.bench.scale import Scale
from tests.bench.servers import Place, Servers
from tests.bench.workers import OUR_WORKER, PLAIN, Worker

_NOTE: Final = """\
end to end: one ingest and one worker, notifications of one event on 64 kept connections. The
obvious design is aiohttp with aio-pika, and a worker with a transaction for each message.
saturated: recorded events in the time from the first POST to the start of the last transaction;
CPU of ingest, worker, broker and database together.
half load: each at half of its own saturation; from the POST, or from when it was due if the answer
before it came late, to the answer, and to the start of the transaction by Postgres' clock."""
_OBVIOUS: Final = "obvious design"
_CONNECTIONS: Final = 64
# Since a moment: events a second, and the percentiles of milliseconds until their transaction.
_RECORDED: Final = """
SELECT count(*) / extract(epoch FROM max(recorded_at) - min(occurred_at)),
    percentile_cont(0.5) WITHIN GROUP (ORDER BY took),
    percentile_cont(0.99) WITHIN GROUP (ORDER BY took)
FROM (
    SELECT *, extract(epoch FROM recorded_at - occurred_at) * 1000 AS took
    FROM tracking_events WHERE occurred_at >= $1
) AS recorded
"""
_AIMS: Final = (Aim("saturated: events/s", _OBVIOUS, ratio=5),)

_MEASURES: Final = {
    "saturated: events/s": "events/s",
    "saturated: CPU µs/event": "µs/event",
    "half load: requests/s": "requests/s",
    "half load: answer p50 ms": "ms",
    "half load: answer p99 ms": "ms",
    "half load: recorded p50 ms": "ms",
    "half load: recorded p99 ms": "ms",
}
_COSTS: Final = ("ms", "µs/event")


@dataclass(frozen=True, slots=True)
class _Pair:
    ingest: Callable[[Place], AbstractContextManager[Target]]
    worker: Worker


_PAIRS: Final = {
    OURS: _Pair(ingests.ours, OUR_WORKER),
    _OBVIOUS: _Pair(partial(ingests.started, one=ingests.DOCUMENTED), PLAIN),
}


async def measure(servers: Servers, scale: Scale) -> Section:
    rounds: dict[str, list[_Round]] = {name: [] for name in _PAIRS}
    for _ in range(scale.rounds):
        for name, pair in _PAIRS.items():
            rounds[name].append(await _round(servers, pair, scale))
    figures = [one for name, some in rounds.items() for one in _figures(name, some)]
    return Section("end to end", figures, _NOTE, _AIMS)


@dataclass(frozen=True, slots=True)
class _Round:
    """`values` of _MEASURES; `refused` requests were not answered 200."""

    values: Sequence[float]
    refused: int


def _figures(name: str, rounds: Sequence[_Round]) -> Iterator[Figure]:
    refused = sum(one.refused for one in rounds)
    note = f"{refused:,} requests were not answered 200" if refused else ""
    columns = zip(*(one.values for one in rounds), strict=True)
    for (measure, unit), values in zip(_MEASURES.items(), columns, strict=True):
        yield Figure(measure, name, unit, values, is_cost=unit in _COSTS, note=note)
        note = ""


async def _round(servers: Servers, pair: _Pair, scale: Scale) -> _Round:
    load = Load(_CONNECTIONS, False, scale.end_to_end_seconds, scale.cell_requests)
    async with servers.place() as place:
        await pair.worker.prepare(place)
        await servers.rest()
        with pair.ingest(place) as target, pair.worker.running(place) as worker:
            await pair.worker.ready(place)
            pids = target.pid, worker.pid or 0
            before = _cpu_seconds(servers, pids)
            most, per_second, *_ = await _under(place, target, load)
            await servers.rest()
            cpu = (_cpu_seconds(servers, pids) - before) / most.answered * 1e6
            half = replace(load, rate=per_second / 2)
            seen, _, *percentiles = await _under(place, target, half)
    values = (per_second, cpu, seen.per_second, seen.p50, seen.p99, *percentiles)
    return _Round(values, most.refused + seen.refused)


async def _under(place: Place, target: Target, load: Load) -> tuple[Seen, float, float, float]:
    """What the sender saw, and what _RECORDED gives of it."""
    connection = await asyncpg.connect(place.database_url)
    try:
        before = await connection.fetchval("SELECT count(*) FROM tracking_events")
        began = datetime.now(UTC)
        seen = cell(target, load).seen
        await backlog.recorded(place.database_url, before + seen.answered - seen.refused)
        ((per_second, p50, p99),) = await connection.fetch(_RECORDED, began)
        return seen, float(per_second), p50, p99
    finally:
        await connection.close()


def _cpu_seconds(servers: Servers, pids: Sequence[int]) -> float:
    return sum(map(cost.cpu_seconds, pids)) + sum(servers.cpu_seconds().values())
