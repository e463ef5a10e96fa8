"""How far the sites are, and what fails at them."""

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct

from shared.database import Connection


class Site(Struct, frozen=True):
    """A row of `geo_sites` beside the log.

    `lag_events` and `lag_seconds` are how many changes it has yet to do and how long the first of
    them has been recorded, None where retention has dropped that one. `failing` are those of
    `pending` that were tried and could not be made equal, the first of them pending since
    `failing_since`.
    """

    name: str
    cursor: int
    lag_events: int
    lag_seconds: float | None
    pending: int
    failing: int
    failing_since: datetime | None
    has_token: bool
    started_at: datetime
    seen_at: datetime | None
    moved_at: datetime | None
    error: str | None
    error_at: datetime | None

    @property
    def is_forgotten(self) -> bool:
        """The log no longer has what comes next: the site has to look at everything."""
        return self.lag_seconds is None

    @property
    def trouble(self) -> str:
        """What keeps it now, empty if nothing does."""
        is_over = self.moved_at and self.error_at and self.moved_at > self.error_at
        return "" if is_over else self.error or ""


SITES = """
SELECT
    site.name, site.cursor, log.last_id - site.cursor AS lag_events,
    CASE WHEN log.last_id <= site.cursor THEN 0 ELSE next.age END AS lag_seconds,
    waiting.pending, waiting.failing, waiting.failing_since,
    site.token_hash IS NOT NULL AS has_token,
    site.started_at, site.seen_at, site.moved_at, site.error, site.error_at
FROM geo_sites AS site
CROSS JOIN geo_event_counter AS log
LEFT JOIN LATERAL (
    SELECT greatest(extract(epoch FROM now() - recorded_at), 0)::float8 AS age
    FROM geo_events WHERE id = site.cursor + 1
) AS next ON true
CROSS JOIN LATERAL (
    SELECT
        count(*) AS pending, count(cause) AS failing,
        min(since) FILTER (WHERE cause IS NOT NULL) AS failing_since
    FROM geo_pending WHERE site = site.name
) AS waiting
WHERE $1::text IS NULL OR site.name = $1
ORDER BY site.name
"""


async def sites(connection: Connection, name: str | None = None) -> Sequence[Site]:
    """All, or that of the name, if there is one."""
    return [Site(**dict(row)) for row in await connection.fetch(SITES, name)]


class Failing(Struct, frozen=True):
    """A repository that a site could not make equal, pending `since` then.

    The next try comes at `due_at`; one is going on if it `is_held`.
    """

    source: str
    repository: str
    attempts: int
    cause: str
    since: datetime
    due_at: datetime
    is_held: bool


FAILING = """
SELECT
    source, path AS repository, attempts, cause, since, due_at,
    coalesce(held_until > now(), false) AS is_held
FROM geo_pending WHERE site = $1 AND cause IS NOT NULL ORDER BY since, source, path LIMIT $2
"""


async def failing(connection: Connection, name: str, limit: int) -> Sequence[Failing]:
    """Those of a site, which has waited longest first."""
    return [Failing(**dict(row)) for row in await connection.fetch(FAILING, name, limit)]
