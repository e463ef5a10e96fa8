"""Tracking events as CloudEvents 1.0 in JSON, one or a batch of them. Pure.

https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/http-protocol-binding.md
"""

from collections.abc import Sequence
from typing import Any, Final

import msgspec

from forward.event import Event

BATCH_TYPE: Final = "application/cloudevents-batch+json"
SINGLE_TYPE: Final = "application/cloudevents+json"
_TYPE: Final = "container_registry"
_SOURCE: Final = "/registry-events"


def batch(events: Sequence[Event]) -> bytes:
    """The batched content mode (3.3)."""
    return msgspec.json.encode([_document(event) for event in events])


def single(events: Sequence[Event]) -> bytes:
    """The structured content mode (3.2), of exactly one event."""
    (event,) = events
    return msgspec.json.encode(_document(event))


def _document(event: Event) -> dict[str, Any]:
    """`id` names the event within its `source`, so that who gets it twice can tell."""
    return {
        "specversion": "1.0",
        "id": event.event_id,
        "source": f"{_SOURCE}/{event.registry_source}",
        "type": f"{_TYPE}.{event.action}",
        "subject": event.repository,
        "time": event.occurred_at.isoformat(),
        "datacontenttype": "application/json",
        "data": event.columns,
    }
