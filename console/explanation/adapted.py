"""What becomes of a request of a registry that has an adapter."""

import json
from typing import Final

from console.explanation.explained import ExplainedEvent, Explanation, sentence
from ingest.registries.adapter import (
    Change,
    Ignored,
    Kind,
    Known,
    Registry,
    Sent,
    Unreadable,
    UnreadableRequestError,
)
from shared.event import Event
from shared.invalid_event import InvalidEventError

# Of what is made on receipt, so that the rest can be read as an event is.
_STAND_IN: Final = "received"
_STAND_IN_TIME: Final = "1970-01-01T00:00:00Z"
_NOTHING: Final = "no event in it: there is nothing to do"


def explain(registry: Registry, sent: Sent) -> Explanation:
    events: list[ExplainedEvent] = []
    ignored: list[str] = []
    faults: list[str] = []
    try:
        for found in registry.read(sent):
            match found:
                case Ignored(reason):
                    ignored.append(reason)
                case Unreadable(reason):
                    faults.append(reason)
                case Change():
                    _take(found, events, faults)
    except UnreadableRequestError as error:
        faults.append(str(error))
    if not events and not ignored and not faults:
        ignored.append(_NOTHING)
    return Explanation(
        events=tuple(events),
        ignored=sentence(ignored),
        error=sentence(faults),
        answer=registry.answer(sent),
    )


def _take(change: Change, events: list[ExplainedEvent], faults: list[str]) -> None:
    try:
        events.append(_event(change))
    except InvalidEventError as error:
        faults.append(str(error))


def _event(change: Change) -> ExplainedEvent:
    """Raises InvalidEventError."""
    normalised = {
        "id": change.event_id if change.event_id is not None else _STAND_IN,
        "timestamp": change.occurred_at if change.occurred_at is not None else _STAND_IN_TIME,
        "action": change.action,
        "target": {
            "repository": change.repository,
            "tag": change.tag,
            "digest": change.digest,
            "mediaType": change.media_type,
        },
        "request": {"host": change.host},
        "actor": {"name": change.actor},
    }
    event = Event.parse(json.dumps(normalised))
    return ExplainedEvent.of(
        event,
        change.kind,
        # An adapter says what it is, whether the registry writes a media type or not.
        geo=event.supported and change.kind in (Kind.MANIFEST, Kind.TAG),
        id_from=change.id_from if change.event_id is not None else Known.RECEIVED,
        time_from=change.time_from if change.occurred_at is not None else Known.RECEIVED,
    )
