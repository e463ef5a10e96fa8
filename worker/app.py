"""The worker process: wiring, start and drain."""

from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, Final

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
from shared.tracing.wanted import tracer_of
from worker import upkeep
from worker.consuming.batches import BatchLoop
from worker.consuming.line import Line, work
from worker.consuming.shards import Shards
from worker.health import health_app
from worker.metrics import WorkerMetrics
from worker.pulls.counter import PullCounter
from worker.recorder import Recorder

if TYPE_CHECKING:
    from opentelemetry.trace import Tracer

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
        tracer_of(settings, "registry-events-worker") as tracer,
        new_pool(
            settings,
            url=secret(settings.database_url),
            application="registry-events worker",
            size=1 + len(lines),
            init=_statements(tracer),
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
        _trace(tracer, lines, loops)
        settling = [loop.run() for loop in loops]
        await work(lines, settling, stop, drain_timeout=settings.worker_drain_timeout)


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
) -> Sequence[BatchLoop[Any]]:
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
    loop = partial(
        BatchLoop, publisher=publisher, metrics=metrics, attempts=settings.worker_attempts
    )
    counter = PullCounter(pool, seconds=seconds)
    return [
        loop(events.consumer, recorder, count=recorded),
        *(loop(line.consumer, counter, count=metrics.count_pulls) for line in pulls),
    ]


def _trace(tracer: "Tracer | None", lines: Sequence[Line], loops: Sequence[BatchLoop[Any]]) -> None:
    if tracer is None:
        return
    from worker.tracing import BatchSpans  # noqa: PLC0415  of an extra

    for line, loop in zip(lines, loops, strict=True):
        loop.around = BatchSpans(tracer, line.queue)


def _statements(tracer: "Tracer | None") -> Callable[[Any], Awaitable[None]] | None:
    """What the pool's connections are begun with."""
    if tracer is None:
        return None
    from shared.tracing.statements import traced_by  # noqa: PLC0415  of an extra

    return traced_by(tracer)


def _watch(metrics: WorkerMetrics, events: Line) -> None:
    consumer, connection = events.consumer, events.connection
    metrics.broker_connected.set_function(lambda: float(connection.channel is not None))
    metrics.in_hand.set_function(lambda: consumer.in_hand)
    metrics.batch_age.set_function(lambda: consumer.batch_age)
