"""Changes that no log has."""

from datetime import UTC, datetime
from typing import Any

from geo.log.change import Change

NOON = datetime(2026, 11, 28, 12, tzinfo=UTC)


def change(number: int = 1, **changes: Any) -> Change:
    whole = {
        "source": "default", "repository": "a", "action": "push", "occurred_at": NOON,
        "recorded_at": NOON, **changes,
    }  # fmt: skip
    return Change(number, **whole)
