"""What became of each event, read from Postgres while the workers write."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from types import TracebackType
from typing import NamedTuple, Self

import asyncpg

from console.local.report import LocalError
from shared import faults, primary
from shared.lag import lag
from shared.origin import DEFAULT_SOURCE

# Rows can become visible out of order, so it looks back instead of remembering the last time:
# longer than a worker's transaction can take.
_RECENT = """
SELECT occurred_at, event_id, id_scope FROM tracking_events
WHERE recorded_at > now() - interval '2 minutes'
"""
_OUTCOMES = """
SELECT t.event_id, t.action, t.repository, t.tag, t.digest, t.actor, t.occurred_at, t.recorded_at,
       g.id AS geo_id, t.registry_source AS source
FROM unnest($1::timestamptz[], $2::text[], $3::text[]) AS key (occurred_at, event_id, id_scope)
JOIN tracking_events t USING (occurred_at, event_id, id_scope)
LEFT JOIN geo_events g
    USING (event_id, recorded_at, container_repository_id)
ORDER BY t.recorded_at, t.occurred_at, t.event_id
"""
_MOST = 500
_TIMEOUT = 5.0


class _Key(NamedTuple):
    occurred_at: datetime
    event_id: str
    id_scope: str


@dataclass(frozen=True, slots=True)
class Outcome:
    event_id: str
    action: str
    repository: str
    tag: str | None
    digest: str | None
    actor: str | None
    occurred_at: datetime
    recorded_at: datetime
    geo_id: int | None
    source: str = DEFAULT_SOURCE

    @property
    def lag(self) -> float | None:
        """Seconds; None if the event's clock is absurd."""
        return lag(self.occurred_at, self.recorded_at)


class Feed:
    """Gives every outcome once that was written after it was opened."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._runner = asyncio.Runner()
        self._connection: asyncpg.Connection[asyncpg.Record] | None = None
        self._known: set[_Key] = set()

    def __enter__(self) -> Self:
        """Raises LocalError when the database does not answer."""
        self._known = self._recent()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._disconnect()
        self._runner.close()

    def new(self) -> list[Outcome]:
        """At most 500 of them; raises LocalError when the database does not answer."""
        recent = self._recent()
        fresh = sorted(recent - self._known)[:_MOST]
        if not fresh:
            return []
        outcomes = self._run(fresh)
        self._known = (self._known & recent) | set(fresh)
        return [Outcome(**dict(row)) for row in outcomes]

    def _recent(self) -> set[_Key]:
        return {_Key(*row) for row in self._run()}

    def _run(self, keys: Sequence[_Key] = ()) -> list[asyncpg.Record]:
        try:
            return self._runner.run(self._fetch(keys))
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
            self._disconnect()
            raise LocalError(f"the database does not answer: {faults.in_words(error)}") from error

    async def _fetch(self, keys: Sequence[_Key]) -> list[asyncpg.Record]:
        if self._connection is None:
            self._connection = await primary.connect(
                self._url, timeout=_TIMEOUT, command_timeout=_TIMEOUT, statement_cache_size=0
            )
        if not keys:
            return await self._connection.fetch(_RECENT)
        return await self._connection.fetch(_OUTCOMES, *zip(*keys, strict=True))

    def _disconnect(self) -> None:
        if self._connection is not None:
            self._connection.terminate()
        self._connection = None
