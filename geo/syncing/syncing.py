"""Repositories that are pending are made equal, several at once, each alone."""

import asyncio
from typing import Any, Final

from geo.copying.copier import Copier
from geo.following.journal import Due
from geo.registry.errors import RegistryError
from geo.syncing.backoff import again
from geo.syncing.holding import Holding
from geo.syncing.tally import Tally
from geo.syncing.wanted import Wanted
from shared import faults
from shared.logs import get_logger

# For what becomes due since its time has come, or by another process.
_LOOK: Final = 1.0


class Syncing:
    """`moved` says that there may be more to claim."""

    def __init__(
        self,
        holding: Holding,
        copier: Copier,
        wanted: Wanted,
        moved: asyncio.Event,
        *,
        at_once: int,
    ) -> None:
        self.tally = Tally()
        # Set at the end of a run that ends.
        self.is_done = False
        self._holding, self._copier, self._wanted = holding, copier, wanted
        self._moved, self._at_once = moved, at_once
        self._log = get_logger()

    async def run(self, *, once: bool) -> None:
        """For ever, or until nothing is due. Raises JournalError."""
        working: set[asyncio.Task[None]] = set()
        try:
            while True:
                self._moved.clear()
                if room := self._at_once - len(working):
                    for due in await self._holding.claim(room):
                        working.add(asyncio.ensure_future(self._one(due)))
                # Of what another process holds, or what a lost answer had claimed, nobody knows yet
                # whether it will be equal.
                if once and not working and not await self._holding.due():
                    self.is_done = True
                    return
                working = await self._some_done(working)
        finally:
            for one in working:
                one.cancel()
            await asyncio.gather(*working, return_exceptions=True)

    async def _some_done(self, working: set[asyncio.Task[None]]) -> set[asyncio.Task[None]]:
        """Wait until there may be room, or more to claim; those that are still at work."""
        moved = asyncio.ensure_future(self._moved.wait())
        waited_for: set[asyncio.Future[Any]] = {moved, *working}
        await asyncio.wait(waited_for, timeout=_LOOK, return_when=asyncio.FIRST_COMPLETED)
        moved.cancel()
        done = {one for one in working if one.done()}
        for one in done:
            one.result()
        return working - done

    async def _one(self, due: Due) -> None:
        path = due.repository.path
        if not self._wanted.has(due.repository):
            # Pending since everything was, or from when the site was followed for another source.
            await self._holding.equal(due)
            return
        try:
            await self._copier.make_equal(path)
        except RegistryError as error:
            await self._failed(due, str(error), error.after)
        except Exception as error:  # noqa: BLE001  a fault of ours in one of them: the others go on
            self._log.exception("repository.faulted", repository=path)
            await self._failed(due, faults.in_words(error))
        else:
            self._log.debug("repository.equal", repository=path)
            self.tally.became_equal(path)
            await self._holding.equal(due)

    async def _failed(self, due: Due, cause: str, after: float | None = None) -> None:
        path, wait = due.repository.path, again(due.attempts, after)
        self._log.warning(
            "repository.unequal", repository=path, error=cause, again=round(wait.total_seconds())
        )
        self.tally.has_failed(path, cause)
        await self._holding.failed(due, cause, wait)
