"""The events that were recorded last."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from console.database import reading
from console.events.recorded import COLUMNS, Recorded
from console.web.unreadable import unreadable
from shared.database import ERRORS, Pool
from shared.origin import DEFAULT_SOURCE

_RECENT: Final = f"""
SELECT {COLUMNS} FROM tracking_events
ORDER BY recorded_at DESC, occurred_at DESC, event_id DESC LIMIT $1
"""  # noqa: S608  our own words


@dataclass(frozen=True, slots=True)
class Found:
    """`fault` says why there are none to show."""

    events: Sequence[Recorded] = ()
    fault: str = ""

    @property
    def has_sources(self) -> bool:
        return has_sources(self.events)


def has_sources(events: Sequence[Recorded]) -> bool:
    """Whether it is worth telling which registry each of them came from."""
    return any(event.source != DEFAULT_SOURCE for event in events)


async def recent(pool: Pool, url: str, count: int) -> Found:
    """The newest first; never raises. What it says of the server of `url` names it."""
    try:
        async with reading(pool) as connection:
            rows = await connection.fetch(_RECENT, count)
    except ERRORS as error:
        return Found(fault=unreadable("No events", error, url))
    return Found([Recorded.of(row) for row in rows])
