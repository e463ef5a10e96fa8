"""Who is still used: what was pulled of each repository, or of each tag, and when last."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from console.database import database_errors, reading
from console.words.globs import like
from shared.database import Pool

# Of the tags the catalogue knows nothing: those that were never pulled are not known.
FIND: Final = """
WITH pulled AS (
    SELECT
        source, repository, CASE WHEN $3 THEN tag END AS tag,
        sum(manifest_gets)::bigint AS manifest_gets,
        sum(manifest_heads)::bigint AS manifest_heads,
        sum(blob_gets)::bigint AS blob_gets,
        sum(blob_heads)::bigint AS blob_heads,
        max(last_pulled_at) AS last_pulled_at
    FROM pull_counts WHERE day >= $4::date OR $4 IS NULL
    GROUP BY 1, 2, 3
), known AS (
    SELECT source, path AS repository FROM container_repositories WHERE NOT $3 AND $4 IS NULL
)
SELECT
    source, repository, tag, coalesce(manifest_gets, 0) AS manifest_gets,
    coalesce(manifest_heads, 0) AS manifest_heads, coalesce(blob_gets, 0) AS blob_gets,
    coalesce(blob_heads, 0) AS blob_heads, last_pulled_at
FROM pulled FULL JOIN known USING (source, repository)
WHERE repository LIKE $1 AND (source = $2 OR $2 IS NULL)
    AND (tag LIKE $5 OR $5 IS NULL)
    AND (last_pulled_at < $6 OR last_pulled_at IS NULL OR $6 IS NULL)
ORDER BY last_pulled_at DESC NULLS LAST, source, repository, tag
LIMIT $7
"""


@dataclass(frozen=True, slots=True)
class Asked:
    """`repository` and `tag` are patterns with * and ?; `tags`: a row each.

    `since`: what was pulled from that day on; `not_since`: what was not pulled since then.
    """

    repository: str = "*"
    source: str | None = None
    tag: str | None = None
    tags: bool = False
    since: datetime | None = None
    not_since: datetime | None = None
    limit: int = 100


@dataclass(frozen=True, slots=True)
class Pulled:
    """`tag` is None for a whole repository, empty for what was asked for by its digest.

    `last_pulled_at` None: never, as far as is known.
    """

    source: str
    repository: str
    tag: str | None
    manifest_gets: int
    manifest_heads: int
    blob_gets: int
    blob_heads: int
    last_pulled_at: datetime | None


async def find(pool: Pool, url: str, asked: Asked) -> Sequence[Pulled]:
    """The latest first, those that were never pulled at the end. Raises DatabaseAwayError."""
    with database_errors(url):
        async with reading(pool) as connection:
            rows = await connection.fetch(
                FIND,
                like(asked.repository),
                asked.source,
                asked.tags or asked.tag is not None,
                asked.since and asked.since.date(),
                None if asked.tag is None else like(asked.tag),
                asked.not_since,
                asked.limit,
            )
    return [Pulled(**dict(row)) for row in rows]
