"""When each source was compared with its registry last, and what was found."""

from collections.abc import Sequence
from typing import Final

from console.overview.seen.database import Reconciled
from shared import credentials
from shared.database import Connection
from shared.text import printable

_LONGEST: Final = 200

# One that runs has nothing to tell yet; one that has run for a day was killed.
_LATEST: Final = """
SELECT DISTINCT ON (source)
    source, registry, finished_at IS NOT NULL AS has_ended,
    extract(epoch FROM statement_timestamp() - coalesce(finished_at, started_at))::float8 AS age,
    repositories, unrecorded + moved + gone AS drifts, filled_in, failures, error
FROM reconcile_runs
WHERE finished_at IS NOT NULL OR started_at < statement_timestamp() - interval '1 day'
ORDER BY source, started_at DESC, id DESC
LIMIT 20
"""


async def look(connection: Connection) -> Sequence[Reconciled]:
    """A source that was never compared is not among them. Raises what asyncpg raises."""
    return [
        Reconciled(
            source=printable(row["source"], _LONGEST),
            registry=printable(credentials.masked(row["registry"]), _LONGEST),
            error=printable(credentials.masked(row["error"]), _LONGEST),
            **{name: row[name] for name in _AS_THEY_ARE},
        )
        for row in await connection.fetch(_LATEST)
    ]


_AS_THEY_ARE: Final = ("has_ended", "age", "repositories", "drifts", "filled_in", "failures")
