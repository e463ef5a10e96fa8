"""The spans of a worker: one of each event, in the trace of its notification, and one of a batch.

The statements of a batch are of all its events. Its span goes on in the trace of the first of them
and is linked with the others, as
https://opentelemetry.io/docs/specs/semconv/messaging/messaging-spans/ has it for messages that are
processed together.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Final

from opentelemetry.trace import Link, Span, SpanKind, StatusCode, Tracer, set_span_in_context

from shared.amqp.contents import Delivery
from shared.amqp.message import EVENT_ID, TRACEPARENT
from shared.text import printable
from shared.tracing import context
from worker.consuming.watching import Tell
from worker.delivery import Failure, Received

_PROCESSING: Final = {
    "messaging.system": "rabbitmq",
    "messaging.operation.type": "process",
    "messaging.operation.name": "process",
}
# Characters of what a sender chose.
_LONGEST: Final = 255
# By the tags of their deliveries, which are of one channel.
_Spans = Mapping[int, Span]


class BatchSpans:
    """What surrounds each batch out of `queue`."""

    def __init__(self, tracer: Tracer, queue: str) -> None:
        self._tracer = tracer
        self._queue = queue

    @contextmanager
    def __call__(self, received: Sequence[Received], failures: Sequence[Failure]) -> Iterator[Tell]:
        spans = self._of_each(
            [*(one.delivery for one in received), *(one.delivery for one in failures)]
        )
        _describe(spans, received)
        try:
            with self._of_all(list(spans.values())):
                yield lambda outcome: _fail(spans, [*failures, *outcome.failures])
        finally:
            for span in spans.values():
                span.end()

    def _of_each(self, deliveries: Sequence[Delivery]) -> _Spans:
        """Those that are sampled."""
        spans = {one.tag: self._of(one) for one in deliveries}
        return {tag: span for tag, span in spans.items() if span.is_recording()}

    def _of(self, delivery: Delivery) -> Span:
        headers = delivery.properties.headers
        return self._tracer.start_span(
            f"process {self._queue}",
            context.read(headers.get(TRACEPARENT)),
            SpanKind.CONSUMER,
            {
                **_PROCESSING,
                "messaging.destination.name": self._queue,
                "messaging.message.id": printable(str(headers.get(EVENT_ID, "")), _LONGEST),
                "messaging.message.body.size": len(delivery.body),
            },
        )

    @contextmanager
    def _of_all(self, spans: Sequence[Span]) -> Iterator[None]:
        if not spans:
            yield
            return
        first, *others = spans
        with self._tracer.start_as_current_span(
            "record batch",
            set_span_in_context(first),
            attributes={"messaging.batch.message_count": len(spans)},
            links=[Link(other.get_span_context()) for other in others],
        ) as batch:
            for other in others:
                other.add_link(batch.get_span_context())
            yield


def _describe(spans: _Spans, received: Sequence[Received]) -> None:
    for one in received:
        if span := spans.get(one.delivery.tag):
            event = one.event
            span.set_attribute("registry_events.action", printable(event.action, _LONGEST))
            span.set_attribute("registry_events.repository", printable(event.repository, _LONGEST))


def _fail(spans: _Spans, failures: Sequence[Failure]) -> None:
    for failure in failures:
        if span := spans.get(failure.delivery.tag):
            span.set_attribute("error.type", failure.reason.value)
            span.set_status(StatusCode.ERROR, "dead-lettered")
