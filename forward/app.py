"""The forward process: wiring, start and drain."""

import asyncio
from collections.abc import Sequence
from typing import Final

import aiohttp
from aiohttp import web

from forward.destination import destinations
from forward.forwarder import Forwarder
from forward.metrics import ForwardMetrics
from shared import faults, forward_backlog, health
from shared.configuration import secret
from shared.database import ERRORS, Pool, borrowed, new_pool
from shared.logs import get_logger
from shared.reporting import State, report
from shared.schema_fault import schema_fault
from shared.service import background, listening, stop_signal
from shared.settings import Settings

# Beside the forwarders': to look at what waits, and to say whether it is ready.
_CONNECTIONS: Final = 2
# What waits is looked at so often.
_LOOK: Final = 10.0


async def run(settings: Settings) -> None:
    """Forward events until SIGTERM or SIGINT, then finish the batches in hand.

    Raises StartError and SettingsError.
    """
    stop = stop_signal()
    metrics = ForwardMetrics()
    to = destinations(settings)
    timeout = aiohttp.ClientTimeout(total=settings.forward_timeout)
    async with (
        new_pool(
            settings,
            url=secret(settings.database_url),
            application="registry-events forward",
            size=len(to) + _CONNECTIONS,
        ) as pool,
        aiohttp.ClientSession(timeout=timeout, cookie_jar=aiohttp.DummyCookieJar()) as http,
    ):
        # The rows are taken, the request is answered, and what came of it is written.
        seconds = settings.forward_timeout + 2 * settings.database_timeout
        forwarders = [Forwarder(one, pool, http, metrics, seconds=seconds) for one in to]
        async with (
            background(stop, _watch(pool, metrics), *(one.run() for one in forwarders)),
            listening(app := _health_app(metrics, pool, forwarders), settings.forward_listen),
            background(stop, report(stop, app[health.LOOK])),
        ):
            await stop.wait()
            get_logger().info("forward.draining", timeout=settings.forward_timeout)
            await asyncio.gather(*(one.finish(settings.forward_timeout) for one in forwarders))


async def _watch(pool: Pool, metrics: ForwardMetrics) -> None:
    while True:
        try:
            async with borrowed(pool, seconds=_LOOK) as connection:
                metrics.show(await forward_backlog.look(connection))
        except ERRORS as error:
            get_logger().warning("backlog.unknown", error=faults.in_words(error, seconds=_LOOK))
        await asyncio.sleep(_LOOK)


def _health_app(
    metrics: ForwardMetrics, pool: Pool, forwarders: Sequence[Forwarder]
) -> web.Application:
    async def look() -> State:
        missing = {one.to.sink.value: one.fault for one in forwarders}
        missing["database"] = await schema_fault(pool)
        return State({part: why for part, why in missing.items() if why})

    app = web.Application()
    health.add_routes(app, look=look, registry=metrics.registry)
    return app
