"""The worker process: wiring, start and drain."""

import asyncio
from typing import Final

from aiohttp import web

from shared import faults, health, migrate
from shared.amqp.connection import Connection
from shared.amqp.publisher import ConfirmedPublisher
from shared.configuration import secret
from shared.database import ERRORS, Pool, borrowed, new_pool
from shared.logs import get_logger
from shared.service import background, listening, stop_signal
from shared.settings import Settings
from shared.siblings import Siblings
from worker.batches import BatchLoop
from worker.consumer import Consumer
from worker.metrics import WorkerMetrics
from worker.recorder import Recorder
from worker.shards import Shards

# Within what siblings wait for each other.
_READINESS_TIMEOUT: Final = 1.0
# A transaction may take this many times the deadline of one statement.
_STATEMENTS: Final = 2


async def run(settings: Settings, siblings: Siblings | None = None) -> None:
    """Record events until SIGTERM or SIGINT, then drain; `siblings` share its health port.

    Publishing and consuming have a connection each: an alarm of the broker stops reading from
    those that publish. Raises StartError and TopologyConflictError.
    """
    stop = stop_signal()
    metrics = WorkerMetrics()
    consumer = Consumer(
        batch_size=settings.worker_batch_size,
        batch_wait=settings.worker_batch_wait,
        queues=settings.shards,
    )
    shards = Shards(consumer, settings.shards)
    amqp_url, heartbeat = secret(settings.amqp_url), settings.amqp_heartbeat
    consuming = Connection(
        amqp_url, name="registry-events worker", heartbeat=heartbeat, opened=shards.opened
    )
    publishing = Connection(
        amqp_url, name="registry-events worker dead letters", heartbeat=heartbeat
    )
    _watch(metrics, consumer, consuming)
    async with (
        new_pool(
            settings, url=secret(settings.database_url), application="registry-events worker"
        ) as pool,
        background(stop, consuming.run(), publishing.run(), shards.run()),
        listening(
            _health_app(metrics, pool, consuming, publishing, siblings),
            settings.worker_listen,
            reuse_port=siblings is not None,
        ),
    ):
        loop = BatchLoop(
            consumer,
            _recorder(settings, pool),
            ConfirmedPublisher(publishing),
            metrics,
            attempts=settings.worker_attempts,
            geo_enabled=settings.geo_enabled,
        )
        await _work(loop, consumer, stop, drain_timeout=settings.worker_drain_timeout)


def _recorder(settings: Settings, pool: Pool) -> Recorder:
    return Recorder(
        pool,
        mode=settings.catalogue_mode,
        geo_enabled=settings.geo_enabled,
        seconds=_STATEMENTS * settings.database_timeout,
    )


def _watch(metrics: WorkerMetrics, consumer: Consumer, consuming: Connection) -> None:
    metrics.broker_connected.set_function(lambda: float(consuming.channel is not None))
    metrics.in_hand.set_function(lambda: consumer.in_hand)
    metrics.batch_age.set_function(lambda: consumer.batch_age)


async def _work(
    loop: BatchLoop, consumer: Consumer, stop: asyncio.Event, *, drain_timeout: float
) -> None:
    work = asyncio.ensure_future(loop.run())
    work.add_done_callback(lambda _: stop.set())
    try:
        await stop.wait()
        get_logger().info("worker.draining", timeout=drain_timeout)
        # Beside the work: a broker that is frozen never confirms that we stopped.
        stopping = asyncio.ensure_future(consumer.stop())
        await asyncio.wait({work}, timeout=drain_timeout)
        stopping.cancel()
        await asyncio.gather(stopping, return_exceptions=True)
    finally:
        if not work.done():
            get_logger().warning("worker.drain_timed_out")
        work.cancel()
        await asyncio.gather(work, return_exceptions=True)
    if not work.cancelled():
        work.result()


def _health_app(
    metrics: WorkerMetrics,
    pool: Pool,
    consuming: Connection,
    publishing: Connection,
    siblings: Siblings | None,
) -> web.Application:
    async def readiness() -> health.Missing:
        missing = {
            "broker": consuming.fault or publishing.fault,
            "database": await _database_fault(pool),
        }
        return {part: why for part, why in missing.items() if why}

    app = web.Application()
    health.add_routes(app, readiness=readiness, registry=metrics.registry, siblings=siblings)
    return app


async def _database_fault(pool: Pool) -> str:
    try:
        async with borrowed(pool, seconds=_READINESS_TIMEOUT) as connection:
            missing = await migrate.missing(connection)
    except migrate.MigrationError as error:
        return str(error)
    except ERRORS as error:
        return faults.in_words(error, seconds=_READINESS_TIMEOUT)
    names = ", ".join(f"{one.version:04}_{one.name}" for one in missing)
    return f"migrations are missing: {names}; run registry-events migrate" if missing else ""
