"""The JSON Schemas of messages' headers: their names as the code writes them.

A header that the code writes and that is not told of here is a KeyError.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from console.dead_letters.letter.dead_letter import REQUEUE_COUNT
from console.dead_letters.letter.past import DIED_BEFORE, ORIGINAL_BODY, REQUEUED_AT, REQUEUED_BY
from ingest.arrival import Arrival
from ingest.registries.adapter import Kind, Known
from ingest.translation import Body
from shared.amqp.dead_letter import Reason, Story
from shared.amqp.message import EVENT_ID, RECEIVED_AT, SOURCE, event_message
from shared.event import Event
from shared.event_parts import LONGEST_ID
from shared.origin import NATIVE, RECONCILED, Origin

_TEXT: Final = {"type": "string"}
_MOMENT: Final = {"type": "string", "format": "date-time"}
_COUNT: Final = {"type": "integer", "minimum": 0}
_KNOWN: Final = sorted({*(one.value for one in Known), NATIVE, RECONCILED})
_SAID: Final[Mapping[str, tuple[Mapping[str, Any], str]]] = {
    "event-id": ({"type": "string", "minLength": 1, "maxLength": LONGEST_ID}, "the event's own"),
    "source": (_TEXT, "the node of the registry that says it sent this; empty if nobody says"),
    "received-at": (_MOMENT, "when its notification came, by the clock of ingest"),
    "traceparent": (_TEXT, "the W3C trace context of the notification"),
    "body-length": (_COUNT, "bytes of the whole, of which the body is only the beginning"),
    "body-sha256": ({"type": "string", "pattern": "^[0-9a-f]{64}$"}, "of the whole"),
    "registry-source": (_TEXT, "the configured source; without it the default one"),
    "registry": (_TEXT, "its kind of software; without it Distribution"),
    "kind": ({"enum": sorted(Kind)}, "what changed, where no media type says it"),
    "id-from": ({"enum": _KNOWN}, "where the event's id is from; without it native"),
    "time-from": ({"enum": _KNOWN}, "where its time is from; without it native"),
    "source-options": (_TEXT, "options of the source by which it was read, as JSON"),
    "request-headers": (_TEXT, "those of the request that its adapter reads, as JSON"),
    "receipt-id": (_TEXT, "of which an event without an id of its own has its id"),
    "requeue-count": ({"type": "integer", "minimum": 1}, "how often it was requeued"),
    "requeued-at": (_MOMENT, "when it was, last"),
    "requeued-by": (_TEXT, "who did it"),
    "died-before": (_TEXT, "its earlier deaths, a line for each"),
    "original-body": (_TEXT, "the body before an operator edited it"),
    "dead-letter-reason": ({"enum": sorted(Reason)}, "why it is not recorded"),
    "dead-letter-error-type": (_TEXT, "the class of the error"),
    "dead-letter-error": (_TEXT, "what it says; safe to print"),
    "dead-letter-cause": (_TEXT, "the same without what the sender put into it; may be empty"),
    "dead-letter-attempts": (_COUNT, "how often recording was tried"),
    "dead-letter-first-seen": (_MOMENT, "when it came first"),
    "dead-letter-failed-at": (_MOMENT, "when it failed"),
    "dead-letter-host": (_TEXT, "on which host"),
    "dead-letter-version": (_TEXT, "the version of the program there"),
}
_MOMENT_OF_NONE: Final = datetime.fromtimestamp(0, UTC)
_ANY: Final = b'{"id":"1","timestamp":"1970-01-01T00:00:00Z","action":"pull"}'
_WHOLE: Final = Arrival(
    body=Body(b"", 1, "0"),
    received_at=_MOMENT_OF_NONE,
    traceparent="-",
    source="a",
    registry="a",
    options={"a": "a"},
)
_PAST: Final = (REQUEUE_COUNT, REQUEUED_AT, REQUEUED_BY, DIED_BEFORE, ORIGINAL_BODY)


def of_events() -> Mapping[str, Any]:
    """Of an event; what an operator sends again may have others of its past beside these."""
    told = Origin("a", "a", kind="a", id_from="a", time_from="a").headers
    came = {**_WHOLE.came, **told, **_WHOLE.receipt_header}
    body = {name for name in came if name.startswith("body-")}
    names = event_message(Event.read(_ANY), b"", came).headers.keys() - body
    first = {"required": [EVENT_ID, RECEIVED_AT, SOURCE]}
    return {**_schema({*names, *_PAST}), "anyOf": [first, {"required": [REQUEUE_COUNT]}]}


def of_dead_letters() -> Mapping[str, Any]:
    """Of one of ours, beside those of its event, or those of a whole request."""
    story = Story.of(Reason.UNKNOWN, ValueError(), attempts=1, first_seen=_MOMENT_OF_NONE).headers()
    names = {*of_events()["properties"], *_WHOLE.headers, *story}
    return {**_schema(names), "required": sorted(story)}


def _schema(names: Iterable[str]) -> Mapping[str, Any]:
    members = {name: {**_SAID[name][0], "description": _SAID[name][1]} for name in sorted(names)}
    return {"type": "object", "properties": members}
