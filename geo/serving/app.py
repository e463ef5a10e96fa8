"""The service `geo serve`: wiring, start and stop."""

import time
from importlib import resources
from typing import Final

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from geo.documents import PREFIX
from geo.following.database_journal import DatabaseJournal
from geo.serving import answers, reading
from geo.serving.access import SiteAccess
from geo.serving.cursor import CursorHandler
from geo.serving.events import EventsHandler
from geo.serving.log_end import LogEnd
from geo.serving.metrics import ServingMetrics
from geo.serving.pages import Pages
from geo.serving.pending import PendingHandler
from shared import health
from shared.configuration import secret
from shared.database import Pool, new_pool
from shared.metrics import OTHER
from shared.reporting import State, report
from shared.schema_fault import schema_fault
from shared.service import background, listening, stop_signal
from shared.settings import Settings

EVENTS: Final = f"{PREFIX}/events"
# Seconds for requests in hand; those that wait are answered at once.
DRAIN_TIMEOUT: Final = 5.0
_CONNECTIONS: Final = 8


async def run(settings: Settings) -> None:
    """Serve the log until SIGTERM or SIGINT, then answer what is in hand. Raises StartError."""
    stop = stop_signal()
    async with new_pool(
        settings,
        url=secret(settings.database_url),
        application="registry-events geo serve",
        size=_CONNECTIONS,
    ) as pool:
        end = LogEnd(pool)
        app = new_app(settings, pool, end)
        async with (
            background(stop, end.run()),
            listening(app, settings.geo_serve_listen, drain_timeout=DRAIN_TIMEOUT),
            background(stop, report(stop, app[health.LOOK])),
        ):
            await stop.wait()
            end.close()


def new_app(settings: Settings, pool: Pool, end: LogEnd) -> web.Application:
    """The routes; whoever serves it runs `end` beside it."""
    metrics = ServingMetrics()
    metrics.waiting.set_function(lambda: float(end.waiting))
    app = web.Application(
        client_max_size=reading.LARGEST, middlewares=[_counted(metrics), answers.as_problem()]
    )
    _add_routes(app, settings, pool, end, metrics)

    async def look() -> State:
        fault = await schema_fault(pool)
        return State({"database": fault} if fault else {})

    health.add_routes(app, look=look, registry=metrics.registry)
    return app


def _add_routes(
    app: web.Application, settings: Settings, pool: Pool, end: LogEnd, metrics: ServingMetrics
) -> None:
    seconds = settings.database_timeout

    def journal(site: str, source: str | None = None) -> DatabaseJournal:
        return DatabaseJournal(pool, site, seconds=seconds, source=source)

    access = SiteAccess(pool, seconds=seconds)
    most = settings.geo_serve_max_waiting
    events = EventsHandler(access, Pages(pool, seconds=seconds), end, metrics, most=most)
    cursor, pending = CursorHandler(access, journal), PendingHandler(access, journal)
    description = resources.files(__package__).joinpath("openapi.json").read_bytes()

    async def described(_request: web.Request) -> web.Response:
        return web.Response(body=description, content_type="application/json")

    router = app.router
    router.add_get(f"{PREFIX}/openapi.json", described)
    router.add_get(EVENTS, events.get)
    router.add_get(f"{PREFIX}/cursor", cursor.get)
    router.add_put(f"{PREFIX}/cursor", cursor.put)
    router.add_post(f"{PREFIX}/everything", cursor.everything)
    router.add_post(f"{PREFIX}/lead", cursor.lead)
    router.add_post(f"{PREFIX}/stuck", cursor.stuck)
    router.add_get(f"{PREFIX}/pending", pending.get)
    router.add_post(f"{PREFIX}/pending/claim", pending.claim)
    router.add_post(f"{PREFIX}/pending/renew", pending.renew)
    router.add_post(f"{PREFIX}/pending/equal", pending.equal)
    router.add_post(f"{PREFIX}/pending/failed", pending.failed)


def _counted(metrics: ServingMetrics) -> Middleware:
    @web.middleware
    async def counted(request: web.Request, handler: Handler) -> web.StreamResponse:
        started = time.perf_counter()
        response = await handler(request)
        resource = request.match_info.route.resource
        path = resource.canonical if resource else OTHER
        metrics.requests.labels(path, response.status).inc()
        if path != EVENTS:
            metrics.duration.observe(time.perf_counter() - started)
        return response

    return counted
