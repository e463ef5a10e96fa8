"""Where notifications come in: each path, and what answers it."""

from typing import TYPE_CHECKING

from aiohttp import web

from ingest import answers
from ingest.auth import TokenCheck
from ingest.guard import GuardedPublisher
from ingest.in_hand import InHand
from ingest.intake import Intake
from ingest.metrics import IngestMetrics
from ingest.notifications import PATHS, NotificationHandler
from ingest.refusals import Refusals
from ingest.sources import routes
from ingest.sources.faults import faults
from ingest.sources.handler import SourceHandler
from shared import straight
from shared.service import StartError
from shared.settings import Settings

if TYPE_CHECKING:
    from opentelemetry.trace import Tracer


def add_routes(
    app: web.Application,
    settings: Settings,
    publisher: GuardedPublisher,
    metrics: IngestMetrics,
    tracer: "Tracer | None",
) -> Refusals:
    """Gives what was refused there. Raises StartError without tokens, unless told to do without."""
    if wrong := faults(settings):
        raise StartError("; ".join(wrong))
    refusals = Refusals()
    intake, around = _taking(publisher, metrics, tracer, deadline=settings.ingest_deadline)
    parts = (
        intake,
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
    posts = {form: around(handler.post, form) for form in forms}
    for form, post in posts.items():
        app.router.add_post(form, post, expect_handler=answers.expect_anything)
    of_sources = routes.add_routes(
        app,
        settings.sources,
        lambda one: SourceHandler(one, *parts, body_timeout=seconds).post,
        around,
    )
    app[straight.HANDLERS] = {**posts, **of_sources}
    return refusals


def _taking(
    publisher: GuardedPublisher,
    metrics: IngestMetrics,
    tracer: "Tracer | None",
    *,
    deadline: float,
) -> tuple[Intake, straight.Around]:
    """What takes a notification in, and what is put around its answer."""
    if tracer is None:
        return Intake(publisher, metrics, deadline=deadline), straight.unchanged
    from ingest.tracing import RequestSpans, TracedIntake  # noqa: PLC0415  of an extra

    intake = TracedIntake(tracer, publisher, metrics, deadline=deadline)
    return intake, RequestSpans(tracer).around


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
