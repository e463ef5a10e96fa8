"""Rows of `tracking_events`, written without a worker."""

from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from shared.database import Connection

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)
_numbers = count()


async def record(database: Connection, **changes: Any) -> str:
    """One that was recorded a second after it happened; gives its id."""
    row = {
        "event_id": f"event-{next(_numbers)}",
        "action": "push_tag",
        "repository": "team/app",
        "occurred_at": NOON,
        **changes,
    }
    row.setdefault("recorded_at", row["occurred_at"] + timedelta(seconds=1))
    places = ", ".join(f"${number}" for number in range(1, len(row) + 1))
    await database.execute(
        f"INSERT INTO tracking_events ({', '.join(row)}) VALUES ({places})",  # noqa: S608
        *row.values(),
    )
    return str(row["event_id"])
