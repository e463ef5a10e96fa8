"""One transaction: what a batch of events leaves in the database."""

from collections.abc import Sequence
from typing import Final

from shared.database import Connection, Pool, transaction
from shared.event import Event
from shared.forward_settings import Sink
from shared.settings import CatalogueMode
from worker import catalogue, conflicting_events, forward_outbox, geo_events, tracking_events
from worker.recorded import Recorded
from worker.verdicts import (
    Catalogue,
    Verdict,
    created,
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
    untagged pushes claims that, whichever is recorded first. Locks are taken in one order: new
    paths, event ids, conflicting ids, creations, the geo counter.
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
        async with transaction(self._pool, seconds=self._seconds) as connection:
            return await self._write(connection, supported)

    async def _write(self, connection: Connection, events: Sequence[Event]) -> Recorded[Verdict]:
        repositories = await self._resolve(connection, events)
        first, repeated = once_each(judge(events, repositories))
        new_ids = await tracking_events.insert(connection, first)
        fresh = [verdict for verdict in first if verdict.event.id in new_ids]
        known = [verdict for verdict in first if verdict.event.id not in new_ids]
        conflicts = await _conflicts(connection, [*known, *repeated])
        if self._mode is CatalogueMode.REGISTER:
            fresh = await _create(connection, fresh, repositories)
        if fresh and self._sinks:
            await forward_outbox.append(connection, self._sinks, fresh)
        geo = [verdict for verdict in fresh if verdict.geo]
        if geo and self._geo_enabled:
            await geo_events.append(connection, geo)
        return Recorded(fresh, duplicates=len(events) - len(fresh), conflicts=conflicts)

    async def _resolve(self, connection: Connection, events: Sequence[Event]) -> Catalogue:
        keys = set(map(repository_key, events))
        if self._mode is CatalogueMode.LOOKUP:
            return await catalogue.look_up(connection, keys)
        return await catalogue.register(connection, keys)


async def _create(
    connection: Connection, fresh: Sequence[Verdict], repositories: Catalogue
) -> list[Verdict]:
    """Record creations as such: by events that are new, since a duplicate creates nothing."""
    first = first_pushes(fresh, repositories.pending)
    if not first:
        return list(fresh)
    claimed = await catalogue.claim_creations(connection, first)
    ids = {first[row].event.id for row in claimed}
    await tracking_events.mark_created(connection, ids)
    return created(fresh, ids)


async def _conflicts(connection: Connection, duplicates: Sequence[Verdict]) -> Sequence[Verdict]:
    if not duplicates:
        return ()
    conflicts = await conflicting_events.find(connection, duplicates)
    if conflicts:
        await conflicting_events.insert(connection, conflicts)
    return conflicts
