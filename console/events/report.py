"""How often something was done, by day or by repository, and how many did it in a month."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from console.events.statistics import MONTHS
from console.words.globs import like
from shared.database import Connection
from shared.text import storable

_CHOSEN: Final = """
FROM registry_events_daily WHERE day >= $1 AND day <= $2
    AND ($3 = '' OR repository LIKE $3) AND ($4 = '' OR registry_source = $4)
"""
_SUMS: Final = """
sum(pushes)::bigint AS pushes, sum(deletes)::bigint AS deletes,
sum(creations)::bigint AS creations
"""
DAYS: Final = f"SELECT day, {_SUMS} {_CHOSEN} GROUP BY day ORDER BY day"
REPOSITORIES: Final = f"""
SELECT repository, registry_source, {_SUMS}, max(day) AS last_day {_CHOSEN}
GROUP BY repository, registry_source ORDER BY repository, registry_source
"""
BOTH: Final = f"""
SELECT day, repository, registry_source, pushes, deletes, creations {_CHOSEN}
ORDER BY day, repository, registry_source
"""
_BY: Final = {"day": DAYS, "repository": REPOSITORIES, "day-repository": BOTH}
KINDS: Final = (*_BY, "month")


@dataclass(frozen=True, slots=True)
class Asked:
    """Both days belong to it; `repository` is a glob."""

    since: date
    until: date
    repository: str = ""
    source: str = ""


async def read(connection: Connection, by: str, asked: Asked) -> Sequence[dict[str, Any]]:
    """Rows of one of KINDS. Raises what asyncpg raises."""
    days, source = (asked.since, asked.until), storable(asked.source)
    if by == "month":
        rows = await connection.fetch(MONTHS, *days, source)
    else:
        rows = await connection.fetch(_BY[by], *days, like(asked.repository), source)
    return [dict(row) for row in rows]
