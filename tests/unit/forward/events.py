"""Events as they stand in the outbox."""

import json
from typing import Any

from forward.event import Event


def make_outbox_event(**changes: Any) -> Event:
    """A push of a tag, read as it was written; None is how a row has no value."""
    columns = {
        "event_id": "8f3cd2a6-7f55-4a0c-9d0b-7c3c2a1d5e11",
        "action": "push_tag",
        "repository": "team/app",
        "container_repository_id": 7,
        "tag": "v1",
        "digest": "sha256:ab",
        "actor": None,
        "occurred_at": "2026-11-24T03:00:00.123456Z",
    }
    return Event.read(json.dumps({**columns, **changes}))
