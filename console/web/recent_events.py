"""The events that were recorded last."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import asyncpg

from console.database import fault, reading
from console.events.recorded import COLUMNS, Recorded
from console.words import away
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
    except asyncpg.UndefinedTableError:
        return Found(fault="The tables are missing: run registry-events migrate.")
    except asyncpg.UndefinedColumnError:
        return Found(fault="The tables are those of before: run registry-events migrate.")
    except asyncpg.LockNotAvailableError:
        return Found(fault="The tables cannot be read now: the overview says whose lock it is.")
    except ERRORS as error:
        return Found(fault=f"No events can be shown: {away.database(url, fault(error))}")
    return Found([Recorded.of(row) for row in rows])
