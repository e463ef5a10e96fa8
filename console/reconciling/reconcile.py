"""A registry compared with what is recorded of it, and events published for what is missing."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from typing import Final

from console.overview.sources.broker import BrokerLook
from console.reconciling.outcome import Outcome, Settled
from console.reconciling.publishing import publish
from geo.reconciling import runs
from geo.reconciling.first_look import FirstLook
from geo.reconciling.second_look import Confirmed, second_look
from geo.reconciling.walk import Walk
from shared import faults
from shared.amqp.errors import BrokerAwayError
from shared.amqp.topology import TopologyConflictError
from shared.configuration import secret
from shared.database import ERRORS, Pool
from shared.origin import DISTRIBUTION
from shared.settings import Settings

_DRY_RUN: Final = "dry run"
_WAITING: Final = "events wait in the queue, which may say the same"
# Seconds between two looks at the queue, while it is waited for.
_BETWEEN: Final = 0.5


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to compare: `source` as it is recorded, `registry` where it is asked, its URL.

    `software` is the registry's kind; without `globs` all repositories. `settle` are the seconds
    between the two looks, and the longest that a queue is waited for then.
    """

    source: str
    registry: str
    software: str = DISTRIBUTION
    globs: Sequence[str] = ()
    settle: float = 60.0
    is_dry_run: bool = False

    def repository(self, path: str) -> bool:
        return not self.globs or any(fnmatchcase(path, glob) for glob in self.globs)


class Reconcile:
    """One run; the database and the broker have to be there all along."""

    def __init__(self, wanted: Wanted, walk: Walk, pool: Pool, loaded: Settings) -> None:
        self._wanted, self._walk, self._pool = wanted, walk, pool
        self._loaded = loaded
        self._broker = BrokerLook(secret(loaded.amqp_url), loaded.shards)
        self._outcome = Outcome(wanted.source, wanted.registry, is_dry_run=wanted.is_dry_run)

    async def run(self) -> Outcome:
        """Compare, wait, compare again, fill in, and write down that it was done.

        Raises BrokerAwayError, TopologyConflictError, and what asyncpg raises.
        """
        try:
            await self._look_at_queues()
            if self._wanted.is_dry_run:
                await self._compare()
                return self._outcome
            source = self._wanted.source
            number = await runs.begin(self._pool, source, self._wanted.registry)
            try:
                await self._compare()
            except (BrokerAwayError, TopologyConflictError, *ERRORS) as error:
                run = replace(self._outcome.run, error=faults.in_words(error))
                with suppress(*ERRORS):
                    await runs.finish(self._pool, number, source, run)
                raise
            await runs.finish(self._pool, number, source, self._outcome.run)
            return self._outcome
        finally:
            await self._broker.close()

    async def _compare(self) -> None:
        wanted, outcome = self._wanted, self._outcome
        keeps = not wanted.is_dry_run
        look = FirstLook(self._walk, self._pool, wanted.source, wanted.repository, keeps=keeps)
        seen = await look.look()
        outcome.repositories, outcome.tags = seen.repositories, seen.tags
        outcome.failures = seen.failures
        if not seen.drifts:
            return
        await asyncio.sleep(wanted.settle)
        confirmed, failures = await second_look(
            self._walk, self._pool, wanted.source, seen.drifts, self._arrived
        )
        outcome.failures += failures
        outcome.passed = len(seen.drifts) - len(confirmed) - len(failures)
        outcome.drifts = await self._fill_in(confirmed)

    async def _fill_in(self, confirmed: Sequence[Confirmed]) -> Sequence[Settled]:
        wanted, outcome = self._wanted, self._outcome
        why = _DRY_RUN if wanted.is_dry_run else _WAITING if outcome.waiting else ""
        outcome.drifts = [Settled(one.drift, why or "not published") for one in confirmed]
        if why or not confirmed:
            return outcome.drifts
        whys = await publish(self._loaded, wanted.source, wanted.software, confirmed)
        return [Settled(one.drift, why) for one, why in zip(confirmed, whys, strict=True)]

    async def _arrived(self) -> None:
        """Wait until no event is queued, but not for longer than the time to settle."""
        loop = asyncio.get_running_loop()
        until = loop.time() + self._wanted.settle
        await self._look_at_queues()
        while self._outcome.waiting and loop.time() < until:
            await asyncio.sleep(_BETWEEN)
            await self._look_at_queues()

    async def _look_at_queues(self) -> None:
        """Raises BrokerAwayError."""
        seen = await self._broker.look()
        if seen.fault:
            raise BrokerAwayError(seen.fault)
        self._outcome.waiting = seen.events.ready if seen.events else 0
        self._outcome.dead = seen.dead.ready if seen.dead else 0
