"""The ingest process: wiring, start and stop."""

from collections.abc import Coroutine, Sequence
from importlib import resources
from typing import Any, Final

from aiohttp import web

from ingest import answers, sender_faults, subscriptions
from ingest.auth import TokenCheck
from ingest.certificate import Certificate, certificate_of
from ingest.guard import GuardedPublisher
from ingest.in_hand import InHand
from ingest.intake import Intake
from ingest.metrics import IngestMetrics
from ingest.notifications import PATHS, NotificationHandler
from ingest.refusals import Refusals
from ingest.sources import routes
from ingest.sources.faults import faults
from ingest.sources.handler import SourceHandler
from shared import health, straight
from shared.amqp.connection import Connection
from shared.amqp.keeping import KeepingPublisher
from shared.amqp.publisher import ConfirmedPublisher
from shared.amqp.shards import Wanted
from shared.amqp.spreading import SpreadingPublisher
from shared.configuration import secret
from shared.reporting import State, report
from shared.service import StartError, background, listening, stop_signal
from shared.setting_types import kept_seconds
from shared.settings import Settings
from shared.siblings import Siblings

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
    app = new_app(settings, connection, publisher, metrics, siblings)
    certificate = certificate_of(settings)
    stop = stop_signal()
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
) -> web.Application:
    """The routes of ingest. Raises StartError without tokens, unless told to do without."""
    app = web.Application(
        client_max_size=settings.ingest_max_body_bytes, middlewares=[answers.as_json]
    )
    refusals = _add_notifications(app, settings, publisher, metrics)
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


def _add_notifications(
    app: web.Application, settings: Settings, publisher: GuardedPublisher, metrics: IngestMetrics
) -> Refusals:
    if wrong := faults(settings):
        raise StartError("; ".join(wrong))
    refusals = Refusals()
    parts = (
        Intake(publisher, metrics, deadline=settings.ingest_deadline),
        metrics,
        InHand(
            metrics,
            most=settings.ingest_max_in_flight,
            most_bytes=settings.ingest_max_bytes_in_flight,
        ),
        refusals,
    )
    seconds = settings.ingest_body_timeout
    handler = NotificationHandler(*parts, tokens=_token_check(settings), body_timeout=seconds)
    # Both forms: a redirect from one to the other would lose the body (see README, "Answers").
    forms = [form for path in PATHS for form in (path, f"{path}/")]
    for form in forms:
        app.router.add_post(form, handler.post, expect_handler=answers.expect_anything)
    of_sources = routes.add_routes(
        app, settings.sources, lambda one: SourceHandler(one, *parts, body_timeout=seconds)
    )
    app[straight.HANDLERS] = {**dict.fromkeys(forms, handler.post), **of_sources}
    return refusals


def _token_check(settings: Settings) -> TokenCheck | None:
    if settings.tokens or settings.sources:
        # Without tokens, sources alone send, and nobody else.
        return TokenCheck(token.get_secret_value() for token in settings.tokens)
    if settings.insecure_no_auth:
        return None
    raise StartError(
        "no token is configured, so anybody could send events: set REGISTRY_EVENTS_TOKENS "
        "(or REGISTRY_EVENTS_TOKENS_FILE), or say --insecure-no-auth"
    )
