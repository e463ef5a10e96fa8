"""A worker process against a queue that was filled while it was held."""

from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Final

from console.local.processes import log_files
from console.local.processes.process import Process
from console.local.report import LocalError
from tests.bench import backlog, cost
from tests.bench.events import tagged
from tests.bench.servers import Place, Servers
from tests.bench.workers import Worker

# Events recorded before the last transaction started, in the time since the first one did.
_RATE: Final = """
SELECT count(*) FILTER (WHERE recorded_at < last) / extract(epoch FROM last - first)
FROM tracking_events,
    (SELECT min(recorded_at), max(recorded_at) FROM tracking_events) AS edges (first, last)
GROUP BY first, last
"""

_GEO: Final = "SELECT count(*) FROM geo_events"


@dataclass(frozen=True, slots=True)
class Drained:
    """`cpu` in seconds an event, by process family."""

    per_second: float
    cpu: cost.Costs


@dataclass(frozen=True, slots=True)
class Held:
    """Workers that are ready and stand still, before a full queue."""

    place: Place
    processes: Sequence[Process]
    count: int

    async def drain(self) -> float:
        """Let them go and wait until all is recorded; events a second."""
        for process in self.processes:
            process.resume()
        await backlog.recorded(self.place.database_url, self.count)
        return await rate(self.place)


async def drained(servers: Servers, worker: Worker, count: int) -> Drained:
    """Its start costs nothing here, nor does the filling of the queue. Raises LocalError."""
    async with held(servers, worker, count) as those:
        before = _cpu(servers, those)
        per_second = await those.drain()
        await servers.rest(those.processes)
        spent = cost.difference(_cpu(servers, those), before)
        await _check(worker, those)
    return Drained(per_second, {family: seconds / count for family, seconds in spent.items()})


@asynccontextmanager
async def held(
    servers: Servers, worker: Worker, count: int, *, workers: int = 1
) -> AsyncIterator[Held]:
    async with AsyncExitStack() as stack:
        place = await stack.enter_async_context(servers.place())
        await worker.prepare(place)
        processes = [stack.enter_context(worker.running(place)) for _ in range(workers)]
        try:
            await worker.ready(place, workers=workers)
        except TimeoutError:
            raise LocalError(
                f"{worker.name} takes nothing; {log_files.end(processes[0].log)}"
            ) from None
        await servers.rest(processes)
        for process in processes:
            process.pause()
        await worker.fill(place, count)
        await backlog.query(place.database_url, "CHECKPOINT")
        await servers.rest()
        yield Held(place, processes, count)


async def rate(place: Place) -> float:
    """Events a second of what is recorded."""
    return float(await backlog.query(place.database_url, _RATE) or 0)


async def _check(worker: Worker, held: Held) -> None:
    """Raises LocalError: who leaves work out is not compared."""
    found, wanted = await backlog.query(held.place.database_url, _GEO), tagged(held.count)
    if found != wanted:
        raise LocalError(f"{worker.name} recorded {found} geo events instead of {wanted}")


def _cpu(servers: Servers, held: Held) -> cost.Costs:
    workers = sum(cost.cpu_seconds(process.pid or 0) for process in held.processes)
    return {"worker": workers, **servers.cpu_seconds()}
