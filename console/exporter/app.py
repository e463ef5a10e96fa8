"""The exporter's process: it looks again and again, and is asked for what it saw last."""

import asyncio
from typing import Final

from aiohttp import web

from console.exporter.figures import ExporterFigures
from console.overview.collector import Collector, collecting
from console.overview.sources.oldest_dead import LARGEST_IN_PASSING, OldestDead, in_passing
from shared import health
from shared.configuration import secret
from shared.reporting import State, report
from shared.service import background, listening, stop_signal
from shared.settings import Settings

# Shorter than most scrape, so that what is scraped is of this moment.
_LOOK: Final = 10.0


async def run(settings: Settings) -> None:
    """Look until SIGTERM or SIGINT. Raises StartError."""
    stop = stop_signal()
    figures = ExporterFigures()
    oldest_dead = OldestDead(in_passing(secret(settings.amqp_url)), largest=LARGEST_IN_PASSING)
    # Whoever scrapes this scrapes the services too.
    alone = settings.model_copy(update={"console_services": ""})
    async with (
        collecting(alone, oldest_dead) as collector,
        background(stop, _look(collector, figures)),
        listening(app := _app(figures), settings.exporter_listen),
        background(stop, report(stop, app[health.LOOK])),
    ):
        await stop.wait()


async def _look(collector: Collector, figures: ExporterFigures) -> None:
    """Apart from scrapes: these wait for nobody, and more of them cost the servers nothing."""
    while True:
        figures.show(await collector.collect(), collector.oldest_dead.reasons)
        await asyncio.sleep(_LOOK)


def _app(figures: ExporterFigures) -> web.Application:
    async def look() -> State:
        return State(figures.missing)

    app = web.Application()
    health.add_routes(app, look=look, registry=figures.registry)
    return app
