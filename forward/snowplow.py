"""Tracking events as structured events of Snowplow's tracker protocol. Pure.

https://docs.snowplow.io/docs/events/http-requests/
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from typing import Final
from uuid import NAMESPACE_URL, UUID, uuid5

import msgspec

from forward.event import Event
from shared.tracking import CATEGORY

PATH: Final = "/com.snowplowanalytics.snowplow/tp2"
PAYLOAD: Final = "iglu:com.snowplowanalytics.snowplow/payload_data/jsonschema/1-0-4"
CONTEXTS: Final = "iglu:com.snowplowanalytics.snowplow/contexts/jsonschema/1-0-1"
CONTENT_TYPE: Final = "application/json; charset=utf-8"
_TRACKER: Final = f"registry-events-{version('registry-events')}"
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def body(events: Sequence[Event], *, app_id: str, context: str, now: datetime) -> bytes:
    """One request; `context` is the schema of what all columns go along as, empty for none.

    All values are texts, as the protocol has them.
    """
    data = [_structured(event, app_id, context, now) for event in events]
    return msgspec.json.encode({"schema": PAYLOAD, "data": data})


def _structured(event: Event, app_id: str, context: str, now: datetime) -> dict[str, str]:
    """Category and action are the original's; label and property are the repository and the tag."""
    fields = {
        "e": "se",
        "se_ca": CATEGORY,
        "se_ac": event.action,
        "se_la": event.repository,
        "se_pr": event.tag,
        "eid": event_uuid(event),
        "dtm": _milliseconds(event.occurred_at),
        "stm": _milliseconds(now),
        "tv": _TRACKER,
        "p": "srv",
        "aid": app_id,
        "co": _contexts(event, context) if context else "",
    }
    return {name: text for name, text in fields.items() if text}


def event_uuid(event: Event) -> str:
    """The event's own id, or one made of it, the same at each attempt: collectors want a UUID."""
    try:
        own = UUID(event.event_id)
    except ValueError:
        own = None
    # Not `{…}`, `urn:uuid:…` and what else UUID reads.
    if own and str(own) == event.event_id.lower():
        return str(own)
    return str(uuid5(NAMESPACE_URL, f"registry-events:{event.registry_source}/{event.event_id}"))


def _contexts(event: Event, schema: str) -> str:
    data = [{"schema": schema, "data": event.columns}]
    return msgspec.json.encode({"schema": CONTEXTS, "data": data}).decode()


def _milliseconds(moment: datetime) -> str:
    return str((moment - _EPOCH) // timedelta(milliseconds=1))
