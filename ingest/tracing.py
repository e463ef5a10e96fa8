"""The spans of ingest: one of each request, and within it one of what is sent to the broker.

Names and attributes: https://opentelemetry.io/docs/specs/semconv/http/http-spans/ and
https://opentelemetry.io/docs/specs/semconv/messaging/rabbitmq/.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from typing import Final, TypeVar

from aiohttp import hdrs, web
from msgspec.structs import replace
from multidict import istr
from opentelemetry.trace import (
    Span,
    SpanKind,
    StatusCode,
    Tracer,
    get_current_span,
    use_span,
)
from structlog.contextvars import bound_contextvars

from ingest.arrival import Arrival
from ingest.intake import Intake, Receipt
from ingest.metrics import IngestMetrics
from ingest.normalisation import Normalised
from ingest.received import Notification
from shared.amqp.message import TRACEPARENT
from shared.amqp.publisher import Publisher
from shared.amqp.topology import EVENTS_EXCHANGE
from shared.straight import Handler
from shared.tracing import context

N = TypeVar("N", bound=Notification)
_TRACEPARENT: Final = istr(TRACEPARENT)
_SENDING: Final = {
    "messaging.system": "rabbitmq",
    "messaging.operation.type": "send",
    "messaging.operation.name": "publish",
    "messaging.destination.name": EVENTS_EXCHANGE,
}


class RequestSpans:
    """Puts a span around what answers a POST; its logs say which trace they are of."""

    def __init__(self, tracer: Tracer) -> None:
        self._tracer = tracer

    def around(self, answer: Handler, path: str) -> Handler:
        path = path.removesuffix("/")
        name = f"{hdrs.METH_POST} {path}"
        attributes = {
            "http.request.method": hdrs.METH_POST,
            "http.route": path,
            "url.path": path,
        }

        async def traced(request: web.Request) -> web.StreamResponse:
            cause = context.read(request.headers.get(_TRACEPARENT))
            span = self._tracer.start_span(name, cause, SpanKind.SERVER, attributes)
            with use_span(span, end_on_exit=True):
                if not span.is_recording():
                    return await answer(request)
                with bound_contextvars(trace_id=context.trace_id(span)):
                    return _answered(span, await answer(request))

        return traced


def _answered(span: Span, response: web.StreamResponse) -> web.StreamResponse:
    span.set_attribute("http.response.status_code", response.status)
    if response.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        span.set_status(StatusCode.ERROR)
    return response


class TracedIntake(Intake):
    """Intake whose messages say which span sent them."""

    def __init__(
        self, tracer: Tracer, publisher: Publisher, metrics: IngestMetrics, *, deadline: float
    ) -> None:
        super().__init__(publisher, metrics, deadline=deadline)
        self._tracer = tracer

    async def take(self, notification: Notification) -> Receipt:
        with self._sending(notification) as (span, sent):
            return _told(span, await super().take(sent))

    async def take_arrival(
        self, arrival: Arrival, *, deadline: float
    ) -> tuple[Receipt, Normalised]:
        with self._sending(arrival) as (span, sent):
            receipt, found = await super().take_arrival(sent, deadline=deadline)
            return _told(span, receipt), found

    @contextmanager
    def _sending(self, notification: N) -> Iterator[tuple[Span, N]]:
        # Of what is not sampled only the decision goes further, at a tenth of the cost.
        span = get_current_span()
        if span.is_recording():
            span = self._tracer.start_span(
                f"publish {EVENTS_EXCHANGE}",
                kind=SpanKind.PRODUCER,
                attributes={**_SENDING, "registry_events.source": notification.source},
            )
        with use_span(span, end_on_exit=True, record_exception=False):
            yield span, replace(notification, traceparent=context.written(span))


def _told(span: Span, receipt: Receipt) -> Receipt:
    span.set_attribute("messaging.batch.message_count", receipt.accepted)
    span.set_attribute("registry_events.dead_lettered", receipt.dead_lettered)
    return receipt
