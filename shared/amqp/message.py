"""What is published: one message an event, its body the event's own JSON."""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Final, NamedTuple

from shared.amqp.topology import EVENTS_EXCHANGE, routing_key
from shared.event import Event
from shared.text import printable

CONTENT_TYPE: Final = "application/json"
EVENT_ID: Final = "event-id"
SOURCE: Final = "source"
RECEIVED_AT: Final = "received-at"
TRACEPARENT: Final = "traceparent"
# Of the whole, beside a body that is only its beginning; the digest is hexadecimal.
BODY_LENGTH: Final = "body-length"
BODY_SHA256: Final = "body-sha256"
# Of another registry: those that its adapter reads, as JSON.
REQUEST_HEADERS: Final = "request-headers"
_HEADER_LENGTH: Final = 255

Headers = Mapping[str, str | int]


class Message(NamedTuple):
    """A message to publish. `mandatory`: if no queue takes it, publishing fails.

    `repository` is whose event it is, which decides on its shard; without one it has none.
    """

    exchange: str
    routing_key: str
    body: bytes
    headers: Headers = MappingProxyType({})
    mandatory: bool = True
    repository: str = ""


def received_at(headers: Mapping[str, object]) -> datetime | None:
    """When its notification came, by the clock of ingest; None if the headers do not say."""
    try:
        return datetime.fromisoformat(str(headers[RECEIVED_AT]))
    except (KeyError, ValueError):
        return None


def origin(received_at: datetime, traceparent: str | None = None) -> dict[str, str | int]:
    """Headers that say when a notification came, and with which W3C trace context."""
    headers: dict[str, str | int] = {RECEIVED_AT: received_at.isoformat()}
    if traceparent:
        headers[TRACEPARENT] = printable(traceparent, _HEADER_LENGTH)
    return headers


def event_message(event: Event, body: bytes, headers: Headers) -> Message:
    """The message of one event; `body` is its JSON as it came, but for a token.

    An action that nobody binds to is dropped by the broker; a supported one must arrive.
    """
    return Message(
        exchange=EVENTS_EXCHANGE,
        routing_key=routing_key(event.action),
        body=body,
        headers={
            **headers,
            EVENT_ID: event.id,
            SOURCE: printable(event.node, _HEADER_LENGTH),
        },
        mandatory=event.supported,
        repository=event.repository if event.supported else "",
    )
