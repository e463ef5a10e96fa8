"""One transaction: what a batch of events leaves in the database."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from shared.database import Connection, Pool, transaction
from shared.event import Event
from shared.forward_settings import Sink
from shared.settings import CatalogueMode
from worker.recorded import Recorded
from worker.renames import relocation, repository_renames
from worker.tables import (
    catalogue,
    conflicting_events,
    creations,
    forward_outbox,
    geo_events,
    received_events,
    tracking_events,
)
from worker.verdicts import (
    Catalogue,
    Verdict,
    created,
    event_key,
    first_pushes,
    judge,
    once_each,
    repository_key,
)

# For a whole transaction; each of its statements has the pool's own deadline.
_SECONDS: Final = 30.0


class Recorder:
    """Records batches, in any order and beside any number of others, with the same result.

    In mode `register` every supported event registers its repository, a delete that overtakes the
    first push too, and the row remembers that its creation is yet to be recorded: one of the
    untagged pushes claims that, whichever is recorded first. Locks are taken in one order: the
    renames' table, received ids, new paths, events, conflicting ones, creations, the geo counter. A
    batch with a rename, which moves rows, holds the first of them alone.
    """

    def __init__(
        self,
        pool: Pool,
        *,
        mode: CatalogueMode,
        geo_enabled: bool,
        sinks: Sequence[Sink] = (),
        seconds: float = _SECONDS,
    ) -> None:
        self._pool = pool
        self._sinks = sinks
        self._seconds = seconds
        self._mode = mode
        self._geo_enabled = geo_enabled

    async def record(self, events: Sequence[Event]) -> Recorded[Verdict]:
        """Record all of `events` or none.

        Raises what asyncpg raises; then, too, everything may have been committed already, which
        the next attempt finds out.
        """
        supported = [event for event in events if event.supported]
        if not supported:
            return Recorded(fresh=(), duplicates=0)
        moving = [event for event in supported if event.renamed_to]
        first = self._lock(alone=bool(moving))
        async with transaction(self._pool, seconds=self._seconds, first=first) as connection:
            if moving:
                return await self._write_with_renames(connection, supported, moving)
            return await self._write(connection, supported)

    def _lock(self, *, alone: bool) -> str:
        if self._mode is CatalogueMode.LOOKUP:
            return ""
        return repository_renames.ALONE if alone else repository_renames.BESIDE_OTHERS

    async def _write_with_renames(
        self, connection: Connection, events: Sequence[Event], moving: Sequence[Event]
    ) -> Recorded[Verdict]:
        """The renames first, so that what comes with them finds the catalogue as it is then."""
        fresh = await repository_renames.insert(connection, moving)
        moved = await relocation.relocate(connection, fresh, self._mode)
        others = [event for event in events if not event.renamed_to]
        recorded = await self._write(connection, others, moved)
        return replace(
            recorded,
            duplicates=recorded.duplicates + len(moving) - len(fresh),
            renames=fresh,
            relocations=len(moved),
        )

    async def _write(
        self,
        connection: Connection,
        events: Sequence[Event],
        moved: Sequence[geo_events.Row] = (),
    ) -> Recorded[Verdict]:
        events = await received_events.dated(connection, events)
        repositories = await self._resolve(connection, events)
        first, repeated = once_each(judge(events, repositories))
        new = await tracking_events.insert(connection, first)
        fresh = [verdict for verdict in first if event_key(verdict.event) in new]
        known = [verdict for verdict in first if event_key(verdict.event) not in new]
        conflicts, expired = await _compare(connection, [*known, *repeated])
        if self._mode is CatalogueMode.REGISTER:
            fresh = await _create(connection, fresh, repositories)
        if fresh and self._sinks:
            await forward_outbox.append(connection, self._sinks, fresh)
        geo = [*moved, *(geo_events.row(verdict) for verdict in fresh if verdict.geo)]
        if geo and self._geo_enabled:
            await geo_events.append(connection, geo)
        duplicates = len(events) - len(fresh) - len(expired)
        return Recorded(fresh, duplicates, conflicts, len(expired))

    async def _resolve(self, connection: Connection, events: Sequence[Event]) -> Catalogue:
        if self._mode is CatalogueMode.LOOKUP:
            return await catalogue.look_up(connection, set(map(repository_key, events)))
        return await catalogue.register(connection, events)


async def _create(
    connection: Connection, fresh: Sequence[Verdict], repositories: Catalogue
) -> list[Verdict]:
    """Record creations as such: by events that are new, since a duplicate creates nothing."""
    first = first_pushes(fresh, repositories.pending)
    if not first:
        return list(fresh)
    claims = {row: event_key(verdict.event) for row, verdict in first.items()}
    keys = await catalogue.claim_creations(connection, claims)
    await creations.mark_created(connection, keys)
    return created(fresh, keys)


async def _compare(
    connection: Connection, others: Sequence[Verdict]
) -> tuple[Sequence[Verdict], Sequence[Verdict]]:
    """Conflicts and expired events among those that were not inserted."""
    if not others:
        return (), ()
    conflicts, expired = await conflicting_events.find(connection, others)
    if conflicts:
        await conflicting_events.insert(connection, conflicts)
    return conflicts, expired
