"""How a worker is: what it waits for, and whether it gets on."""

from collections.abc import Sequence

from aiohttp import web

from shared import health
from shared.amqp.connection import Connection
from shared.database import Pool
from shared.reporting import State
from shared.schema_fault import schema_fault
from shared.siblings import Siblings
from worker.consuming.line import Line
from worker.metrics import WorkerMetrics


def health_app(
    metrics: WorkerMetrics,
    pool: Pool,
    lines: Sequence[Line],
    publishing: Connection,
    siblings: Siblings | None,
) -> web.Application:
    connections = [*(line.connection for line in lines), publishing]

    async def look() -> State:
        faults = {
            "broker": next((one.fault for one in connections if one.fault), ""),
            "database": await schema_fault(pool),
        }
        missing = {part: why for part, why in faults.items() if why}
        for line in lines if missing else ():
            # It waits, and for what is known.
            line.consumer.progress.made()
        return State(missing, max(line.still for line in lines))

    app = web.Application()
    health.add_routes(app, look=look, registry=metrics.registry, siblings=siblings)
    return app
