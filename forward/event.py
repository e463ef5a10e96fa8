"""A tracking event as it stands in the outbox."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Self

import msgspec

from shared.origin import DEFAULT_SOURCE
from shared.tracking import CATEGORY


class Event(msgspec.Struct, frozen=True):
    """`columns` are those of `tracking_events` that hold something, as JSON has them."""

    event_id: str
    action: str
    repository: str
    occurred_at: datetime
    columns: Mapping[str, Any]
    tag: str = ""
    registry_source: str = DEFAULT_SOURCE

    @classmethod
    def read(cls, text: str) -> Self:
        """Raises msgspec.ValidationError: another version, or somebody else, has written it."""
        columns = msgspec.json.decode(text, type=dict[str, Any])
        told = {name: value for name, value in columns.items() if value is not None}
        told["category"] = CATEGORY
        return msgspec.convert({**told, "columns": told}, cls)
