"""Everything that is known of one recorded event, and what became of it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import asyncpg

from console.events.search import BY_FILTER
from console.words import spoken
from shared.database import Connection
from shared.lag import lag

Row = Mapping[str, Any]

# Different events may share an id: of another time, or of another registry.
_MOST: Final = 20

EVENTS: Final = """
SELECT * FROM tracking_events WHERE event_id = $1 ORDER BY occurred_at DESC LIMIT $2
"""
EVENT: Final = "SELECT * FROM tracking_events WHERE event_id = $1 AND occurred_at = $2 LIMIT $3"
# Written by one transaction, and so at one time.
GEO_EVENT: Final = "SELECT * FROM geo_events WHERE event_id = $1 AND recorded_at = $2 LIMIT 1"
CONFLICTS: Final = """
SELECT * FROM conflicting_events WHERE event_id = $1 ORDER BY seen_at LIMIT $2
"""
REPOSITORY: Final = "SELECT id, source, path, created_at FROM container_repositories WHERE id = $1"


@dataclass(frozen=True, slots=True)
class Known:
    """Rows as the tables have them; None where there is none."""

    event: Row
    geo_event: Row | None
    conflicts: Sequence[Row]
    repository: Row | None

    def document(self) -> dict[str, Any]:
        return {
            **_plain(self.event),
            "geo_event": _plain(self.geo_event) if self.geo_event else None,
            "conflicting_events": [_plain(one) for one in self.conflicts],
            "container_repository": _plain(self.repository) if self.repository else None,
        }

    def outcome(self) -> Iterator[str]:
        """What became of it, in sentences without a full stop."""
        took = lag(self.event["occurred_at"], self.event["recorded_at"])
        after = (
            "by an absurd clock" if took is None else f"{spoken.duration(took)} after it happened"
        )
        yield f"recorded as {self.event['action']}, {after}"
        if self.geo_event:
            yield f"number {self.geo_event['id']:,} of the geo events, for sites that replicate"
        else:
            yield "no geo event: nothing that a replica needs has changed, or they are off"
        if self.repository is None:
            yield "its repository has no row in the catalogue now"
        if self.conflicts:
            told = spoken.count(len(self.conflicts), "other event")
            yield f"{told} came under its id with another content, and was kept as conflicting"


async def find(
    connection: Connection, event_id: str, occurred_at: datetime | None = None
) -> Sequence[Known]:
    """All of that id, or the one of that time as well. Raises what asyncpg raises."""
    if occurred_at is None:
        await connection.execute(BY_FILTER)
        rows = await connection.fetch(EVENTS, event_id, _MOST)
    else:
        rows = await connection.fetch(EVENT, event_id, occurred_at, _MOST)
    return [await _known(connection, row) for row in rows]


async def _known(connection: Connection, event: asyncpg.Record) -> Known:
    event_id = event["event_id"]
    geo_event = await connection.fetchrow(GEO_EVENT, event_id, event["recorded_at"])
    conflicts = await connection.fetch(CONFLICTS, event_id, _MOST)
    repository = await connection.fetchrow(REPOSITORY, event["container_repository_id"])
    return Known(
        dict(event),
        dict(geo_event) if geo_event else None,
        [dict(one) for one in conflicts],
        dict(repository) if repository else None,
    )


def _plain(row: Row) -> dict[str, Any]:
    """For JSON; bytes are digests."""
    return {name: _value(value) for name, value in row.items()}


def _value(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat()
    return value.hex() if isinstance(value, bytes) else value
