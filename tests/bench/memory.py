"""A worker's memory while the queue is long."""

from typing import Final

from console.local.processes import Process
from tests.bench import backlog, cost
from tests.bench.servers import Servers
from tests.bench.table import Row, Section
from tests.bench.workers import OUR_WORKER

_SHARES: Final = (10, 50, 100)
_NOTE: Final = "memory: the most resident memory (VmHWM) that the worker ever had until then."
_AIM: Final = "< 150 MB, flat"


async def measure(servers: Servers, held: int) -> Section:
    async with servers.place() as place:
        await backlog.preload(place.amqp_url, held)
        await servers.rest()
        with OUR_WORKER.running(place) as worker:
            rows = []
            for share in _SHARES:
                await backlog.recorded(place.database_url, held * share // 100)
                rows.append(Row(f"peak memory at {share} %", _peak(worker), aim=_AIM))
    title = f"worker, {held:,} events queued"
    return Section(title, "", rows, _NOTE)


def _peak(worker: Process) -> str:
    return f"{cost.peak_megabytes(worker.pid or 0):.0f} MB"
