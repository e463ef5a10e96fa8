"""Which repositories have events, by a glob."""

from collections.abc import Sequence
from typing import Final

from console.words.globs import like, literal
from shared.database import Connection

# Of more, too much would be fetched; and so many names are looked through for them.
_MOST: Final = 100
_MOST_STEPS: Final = 3_000
# Behind whatever a name has there.
_LAST: Final = "\U0010ffff"

# From name to name by the index, of which a DISTINCT would read all.
_NAMES: Final = f"""
WITH RECURSIVE step AS (
    SELECT 1 AS number, (
        SELECT repository FROM tracking_events WHERE repository ~>=~ $1 AND repository ~<~ $2
        ORDER BY repository USING ~<~ LIMIT 1
    ) AS name
    UNION ALL
    SELECT number + 1, (
        SELECT repository FROM tracking_events WHERE repository ~>~ name AND repository ~<~ $2
        ORDER BY repository USING ~<~ LIMIT 1
    ) FROM step WHERE name IS NOT NULL AND number <= {_MOST_STEPS}
)
SELECT number, name FROM step
WHERE name LIKE $3 OR number > {_MOST_STEPS} LIMIT {_MOST + 1}
"""  # noqa: S608  our own numbers


async def names(connection: Connection, glob: str) -> Sequence[str] | None:
    """The repositories that the glob matches; None if there are too many, or to find them."""
    begin = literal(glob)
    rows = await connection.fetch(_NAMES, begin, begin + _LAST, like(glob))
    if len(rows) > _MOST or any(row["number"] > _MOST_STEPS for row in rows):
        return None
    return [row["name"] for row in rows]
