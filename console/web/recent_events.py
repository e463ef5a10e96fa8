"""The events that were recorded last, by repository, action and source."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import asyncpg

from console.database import fault, reading
from console.words import away
from shared.database import ERRORS, Pool
from shared.lag import lag
from shared.origin import DEFAULT_SOURCE
from shared.text import storable

# A filter is tried on so many of the newest rows: there is no index for it.
SEARCHED: Final = 100_000
ACTIONS: Final = ("push_tag", "delete_tag", "push_repository", "delete_repository")
ALL_ACTIONS: Final = (*ACTIONS, "create_repository")

_RECENT: Final = """
SELECT recorded_at, occurred_at, action, repository, tag, digest, registry_source
FROM (
    SELECT * FROM tracking_events
    ORDER BY recorded_at DESC, occurred_at DESC, event_id DESC, id_scope DESC LIMIT $1
) AS newest
WHERE ($2 = '' OR repository LIKE $2) AND ($3 = '' OR action = $3)
    AND ($4 = '' OR registry_source = $4)
ORDER BY recorded_at DESC, occurred_at DESC, event_id DESC, id_scope DESC LIMIT $5
"""
_LIKE: Final = str.maketrans({"%": r"\%", "_": r"\_", "\\": r"\\", "*": "%", "?": "_"})


@dataclass(frozen=True, slots=True)
class EventFilter:
    """`repository` is a glob of `*` and `?`; empty texts match all."""

    repository: str = ""
    action: str = ""
    source: str = ""

    def __bool__(self) -> bool:
        return bool(self.repository or self.action or self.source)


@dataclass(frozen=True, slots=True)
class RecordedEvent:
    recorded_at: datetime
    action: str
    repository: str
    tag: str | None
    digest: str
    lag: float | None
    source: str

    @property
    def verb(self) -> str:
        return self.action.partition("_")[0]


@dataclass(frozen=True, slots=True)
class Found:
    """`fault` says why there are none to show."""

    events: Sequence[RecordedEvent] = ()
    fault: str = ""

    @property
    def has_sources(self) -> bool:
        """Whether it is worth telling which registry each of them came from."""
        return any(event.source != DEFAULT_SOURCE for event in self.events)


async def recent(pool: Pool, url: str, chosen: EventFilter, count: int) -> Found:
    """The newest first; never raises. What it says of the server of `url` names it."""
    like = storable(chosen.repository).translate(_LIKE)
    searched = SEARCHED if chosen else count
    texts = (like, storable(chosen.action), storable(chosen.source))
    try:
        async with reading(pool) as connection:
            rows = await connection.fetch(_RECENT, searched, *texts, count)
    except asyncpg.UndefinedTableError:
        return Found(fault="The tables are missing: run registry-events migrate.")
    except asyncpg.UndefinedColumnError:
        return Found(fault="The tables are those of before: run registry-events migrate.")
    except asyncpg.LockNotAvailableError:
        return Found(fault="The tables cannot be read now: the overview says whose lock it is.")
    except ERRORS as error:
        return Found(fault=f"No events can be shown: {away.database(url, fault(error))}")
    return Found([_event(row) for row in rows])


def _event(row: Any) -> RecordedEvent:  # noqa: ANN401  a record, which mypy knows by no fields
    return RecordedEvent(
        recorded_at=row["recorded_at"],
        action=row["action"],
        repository=row["repository"],
        tag=row["tag"],
        digest=row["digest"] or "",
        lag=lag(row["occurred_at"], row["recorded_at"]),
        source=row["registry_source"],
    )
