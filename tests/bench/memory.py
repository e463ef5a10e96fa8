"""A worker's memory while the queue is long."""

from typing import Final

from console.local.ports import LOOPBACK, free_port
from tests.bench import backlog, cost
from tests.bench.figures import OURS, Aim, Figure, Section
from tests.bench.scale import Scale
from tests.bench.servers import Servers

_SHARES: Final = (10, 50, 100)
_MEGABYTES: Final = 150.0
_NOTE: Final = "memory: the most resident memory (VmHWM) that the worker ever had until then."


async def measure(servers: Servers, scale: Scale) -> Section:
    listen = f"{LOOPBACK}:{free_port()}"
    figures = []
    async with servers.place() as place:
        await backlog.preload(place.amqp_url, scale.held)
        await servers.rest()
        with place.running("console", "worker", REGISTRY_EVENTS_WORKER_LISTEN=listen) as worker:
            for share in _SHARES:
                await backlog.recorded(place.database_url, scale.held * share // 100)
                peak = cost.peak_megabytes(worker.pid or 0)
                measure = f"peak memory at {share} %, MB"
                figures.append(Figure(measure, OURS, "MB", (peak,), is_cost=True))
    aims = [Aim(one.measure, limit=_MEGABYTES) for one in figures]
    return Section(f"worker, {scale.held:,} events queued", figures, _NOTE, aims)
