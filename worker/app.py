"""The worker process: wiring, start and drain."""

from collections.abc import Coroutine, Sequence
from functools import partial
from typing import Any, Final

from shared import health, rollup
from shared.amqp.connection import Connection
from shared.amqp.publisher import ConfirmedPublisher, Publisher
from shared.amqp.shards import Wanted
from shared.amqp.topology import EVENTS_QUEUE, PULLS_QUEUE
from shared.configuration import secret
from shared.database import Pool, new_pool
from shared.reporting import report
from shared.service import background, listening, stop_signal
from shared.settings import Settings
from shared.siblings import Siblings
from worker import upkeep
from worker.consuming.batches import BatchLoop
from worker.consuming.line import Line, work
from worker.consuming.shards import Shards
from worker.health import health_app
from worker.metrics import WorkerMetrics
from worker.pulls.counter import PullCounter
from worker.recorder import Recorder

# A transaction may take this many times the deadline of one statement.
_STATEMENTS: Final = 2


async def run(settings: Settings, siblings: Siblings | None = None) -> None:
    """Record events until SIGTERM or SIGINT, then drain; `siblings` share its health port.

    Publishing and consuming have a connection each: an alarm of the broker stops reading from
    those that publish. Raises StartError and TopologyConflictError.
    """
    stop = stop_signal()
    metrics = WorkerMetrics()
    lines = _lines(settings)
    publishing = Connection(
        secret(settings.amqp_url),
        name="registry-events worker dead letters",
        heartbeat=settings.amqp_heartbeat,
        wanted=Wanted(pulls=settings.pulls),
    )
    running: list[Connection | Shards] = [publishing, *(line.connection for line in lines)]
    running += [line.shards for line in lines]
    _watch(metrics, lines[0])
    async with (
        new_pool(
            settings,
            url=secret(settings.database_url),
            application="registry-events worker",
            size=1 + len(lines),
        ) as pool,
        background(
            stop,
            upkeep.run(settings),
            rollup.run(settings, application="registry-events worker counts"),
            *(one.run() for one in running),
        ),
        listening(
            app := health_app(metrics, pool, lines, publishing, siblings),
            settings.worker_listen,
            reuse_port=siblings is not None,
        ),
        background(stop, report(stop, app[health.LOOK])),
    ):
        loops = _loops(settings, pool, lines, ConfirmedPublisher(publishing), metrics)
        await work(lines, loops, stop, drain_timeout=settings.worker_drain_timeout)


def _lines(settings: Settings) -> Sequence[Line]:
    """That of the events, and that of the pulls where these are counted."""
    name = "registry-events worker"
    events = Line(settings, name=name, queue=EVENTS_QUEUE, shards=settings.shards)
    if not settings.pulls:
        return [events]
    return [events, Line(settings, name=f"{name} pulls", queue=PULLS_QUEUE)]


def _loops(
    settings: Settings,
    pool: Pool,
    lines: Sequence[Line],
    publisher: Publisher,
    metrics: WorkerMetrics,
) -> Sequence[Coroutine[Any, Any, None]]:
    """What settles the deliveries of each of `lines`."""
    seconds = _STATEMENTS * settings.database_timeout
    recorder = Recorder(
        pool,
        mode=settings.catalogue_mode,
        geo_enabled=settings.geo_enabled,
        sinks=settings.forward,
        seconds=seconds,
    )
    recorded = partial(metrics.count_recorded, geo_enabled=settings.geo_enabled)
    events, *pulls = lines
    return [
        BatchLoop(
            events.consumer,
            recorder,
            publisher,
            metrics,
            attempts=settings.worker_attempts,
            count=recorded,
        ).run(),
        *(
            BatchLoop(
                line.consumer,
                PullCounter(pool, seconds=seconds),
                publisher,
                metrics,
                attempts=settings.worker_attempts,
                count=metrics.count_pulls,
            ).run()
            for line in pulls
        ),
    ]


def _watch(metrics: WorkerMetrics, events: Line) -> None:
    consumer, connection = events.consumer, events.connection
    metrics.broker_connected.set_function(lambda: float(connection.channel is not None))
    metrics.in_hand.set_function(lambda: consumer.in_hand)
    metrics.batch_age.set_function(lambda: consumer.batch_age)
