"""What waits to be forwarded, and what was refused: for forward's figures and for operators."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from shared.database import Connection
from shared.forward_settings import Sink

# More are not counted: that many are a lot, and to count on would take ever longer.
MOST: Final = 10_000


@dataclass(frozen=True, slots=True)
class Backlog:
    """Of one sink; ages are seconds, None without a row. `cause` is that of the last refusal."""

    sink: str
    waiting: int = 0
    oldest_age: float | None = None
    refused: int = 0
    refused_age: float | None = None
    cause: str = ""

    @property
    def is_empty(self) -> bool:
        return not (self.waiting or self.refused)


# Counted in the order of the key, so that no more rows are read than are counted.
BACKLOGS = """
SELECT sink, waiting, first.age AS oldest_age, refused, last.age AS refused_age,
       coalesce(last.cause, '') AS cause
FROM unnest($1::text[]) AS known (sink)
CROSS JOIN LATERAL (
    SELECT count(*) AS waiting FROM (
        SELECT FROM forward_outbox WHERE sink = known.sink ORDER BY id LIMIT $2
    ) AS counted
) AS outbox
CROSS JOIN LATERAL (
    SELECT count(*) AS refused FROM (
        SELECT FROM forward_refused WHERE sink = known.sink ORDER BY id LIMIT $2
    ) AS counted
) AS aside
LEFT JOIN LATERAL (
    SELECT extract(epoch FROM statement_timestamp() - recorded_at)::float8 AS age
    FROM forward_outbox WHERE sink = known.sink ORDER BY id LIMIT 1
) AS first ON true
LEFT JOIN LATERAL (
    SELECT extract(epoch FROM statement_timestamp() - refused_at)::float8 AS age, cause
    FROM forward_refused WHERE sink = known.sink ORDER BY id DESC LIMIT 1
) AS last ON true
"""


async def look(connection: Connection) -> Sequence[Backlog]:
    """One for each sink that there may be, whatever the settings of this process name."""
    rows = await connection.fetch(BACKLOGS, list(Sink), MOST)
    return [Backlog(**dict(row)) for row in rows]
