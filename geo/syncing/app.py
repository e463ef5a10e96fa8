"""geo sync: wiring, start and end."""

from contextlib import suppress

from aiohttp import web

from geo.following.journal import FinalError, JournalError
from geo.syncing.metrics import SyncMetrics
from geo.syncing.order import Order
from geo.syncing.patience import Patience
from geo.syncing.report import Show, reported
from geo.syncing.tally import Tally
from geo.syncing.wiring import Parts, opened
from shared import health
from shared.logs import get_logger
from shared.reporting import State, report
from shared.service import StartError, background, listening, stop_signal
from shared.settings import Settings

# A run that ends is not held up for longer by a log that is away.
_PATIENCE = 60.0


class StoppedError(Exception):
    """Somebody has ended a run before its end."""


async def run(settings: Settings, order: Order, show: Show) -> None:
    """Until SIGTERM or SIGINT. What is in hand is left as it is, and gone on with after the lease.

    Raises StartError, also when somebody has to decide how to go on.
    """
    stop = stop_signal()
    async with opened(settings, order, Patience(None)) as parts:
        metrics = SyncMetrics(parts.syncing.tally, parts.copier.counts)
        try:
            async with (
                background(
                    stop,
                    _follow(parts, full=order.full),
                    parts.syncing.run(once=False),
                    parts.holding.renew(),
                    reported(parts, show),
                ),
                listening(app := _health_app(metrics, parts), settings.geo_sync_listen),
                background(stop, report(stop, app[health.LOOK])),
            ):
                await stop.wait()
                get_logger().info("sync.ending")
        except FinalError as error:
            with suppress(JournalError):
                await parts.journal.stuck(str(error))
            raise StartError(str(error)) from error


async def run_once(settings: Settings, order: Order, show: Show) -> Tally:
    """Until nothing is due: what the log has now, and what has failed before and may be tried.

    Raises StartError, StoppedError and JournalError, which is a FinalError if no other run helps.
    """
    stop = stop_signal()
    async with opened(settings, order, Patience(_PATIENCE)) as parts:
        await parts.follower.start(everything=order.full)
        await parts.follower.catch_up()
        async with background(
            stop,
            parts.syncing.run(once=True),
            parts.holding.renew(),
            reported(parts, show),
        ):
            await stop.wait()
        if not parts.syncing.is_done:
            raise StoppedError("it was told to end")
        return parts.syncing.tally


async def _follow(parts: Parts, *, full: bool) -> None:
    follower = parts.follower
    await parts.patience.ask(lambda: follower.start(everything=full))
    while True:
        await parts.patience.ask(follower.follow_on)


def _health_app(metrics: SyncMetrics, parts: Parts) -> web.Application:
    async def look() -> State:
        missing = {"log": parts.patience.fault, **await parts.readiness()}
        return State({part: why for part, why in missing.items() if why})

    app = web.Application()
    health.add_routes(app, look=look, registry=metrics.registry)
    return app
