"""The ingest process: wiring, start and stop."""

from collections.abc import Coroutine, Sequence
from importlib import resources
from typing import TYPE_CHECKING, Any, Final

from aiohttp import web

from ingest import answers, notification_routes, sender_faults, subscriptions
from ingest.certificate import Certificate, certificate_of
from ingest.guard import GuardedPublisher
from ingest.metrics import IngestMetrics
from shared import health
from shared.amqp.connection import Connection
from shared.amqp.keeping import KeepingPublisher
from shared.amqp.publisher import ConfirmedPublisher
from shared.amqp.shards import Wanted
from shared.amqp.spreading import SpreadingPublisher
from shared.configuration import secret
from shared.reporting import State, report
from shared.service import background, listening, stop_signal
from shared.setting_types import kept_seconds
from shared.settings import Settings
from shared.siblings import Siblings
from shared.tracing.wanted import tracer_of

if TYPE_CHECKING:
    from opentelemetry.trace import Tracer

# Seconds for requests in hand.
DRAIN_TIMEOUT: Final = 5.0
DESCRIPTION: Final = "/openapi.json"
_FAULTS: Final = "sender_faults"
_SUBSCRIPTIONS: Final = "subscriptions"


async def run(settings: Settings, siblings: Siblings | None = None) -> None:
    """Take notifications until SIGTERM or SIGINT, beside `siblings` on the same address.

    Stopping goes backwards: no new requests, answers for those in hand, then the broker.
    Raises StartError and TopologyConflictError.
    """
    metrics = IngestMetrics()
    connection = Connection(
        secret(settings.amqp_url),
        name="registry-events ingest",
        heartbeat=settings.amqp_heartbeat,
        wanted=Wanted(settings.shards, settings.pulls, kept_seconds(settings.keep)),
    )
    spreading = SpreadingPublisher(ConfirmedPublisher(connection), settings.shards)
    publisher = GuardedPublisher(KeepingPublisher(spreading, keeps=bool(settings.keep)))
    certificate = certificate_of(settings)
    stop = stop_signal()
    async with tracer_of(settings, "registry-events-ingest") as tracer:
        app = new_app(settings, connection, publisher, metrics, siblings, tracer)
        async with (
            background(stop, connection.run(), publisher.run(), *_watching(certificate)),
            listening(
                app,
                settings.ingest_listen,
                drain_timeout=DRAIN_TIMEOUT,
                reuse_port=siblings is not None,
                tls=certificate.tls if certificate else None,
            ),
            background(stop, report(stop, app[health.LOOK])),
        ):
            await stop.wait()


def _watching(certificate: Certificate | None) -> Sequence[Coroutine[Any, Any, None]]:
    return [certificate.watch()] if certificate else []


def new_app(
    settings: Settings,
    connection: Connection,
    publisher: GuardedPublisher,
    metrics: IngestMetrics,
    siblings: Siblings | None = None,
    tracer: "Tracer | None" = None,
) -> web.Application:
    """The routes of ingest. Raises StartError without tokens, unless told to do without."""
    app = web.Application(
        client_max_size=settings.ingest_max_body_bytes, middlewares=[answers.as_json]
    )
    refusals = notification_routes.add_routes(app, settings, publisher, metrics, tracer)
    _add_description(app)

    async def look() -> State:
        fault = publisher.fault if connection.channel else connection.fault
        return State({"broker": fault} if fault else {})

    metrics.broker_connected.set_function(lambda: float(connection.channel is not None))
    health.add_routes(
        app,
        look=look,
        registry=metrics.registry,
        details=lambda: {
            _FAULTS: refusals.sender_faults.document(),
            _SUBSCRIPTIONS: refusals.subscriptions.document(),
        },
        sum_up=lambda documents: {
            _FAULTS: sender_faults.together([one[_FAULTS] for one in documents]),
            _SUBSCRIPTIONS: subscriptions.together([one[_SUBSCRIPTIONS] for one in documents]),
        },
        siblings=siblings,
    )
    return app


def _add_description(app: web.Application) -> None:
    description = resources.files(__package__).joinpath("openapi.json").read_bytes()

    async def described(_request: web.Request) -> web.Response:
        return web.Response(body=description, content_type="application/json")

    app.router.add_get(DESCRIPTION, described)
