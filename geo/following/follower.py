"""Reads the log from a site's cursor and hands it on, for ever."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from functools import partial
from typing import Final, TypeVar

import stamina

from geo.following.journal import FinalError, Journal, JournalError, OvertakenError
from geo.following.leading import Leading
from geo.following.receiver import NotTakenError, Receiver
from geo.log.change import Change
from shared.logs import get_logger

T = TypeVar("T")

# Seconds. The journal looks at the log much more often meanwhile.
_WAIT: Final = 30.0
_FIRST_WAIT: Final = 0.5
_LONGEST_WAIT: Final = 60.0
_JITTER: Final = 1.0


class Follower:
    """At least once and in order: the cursor moves after the receiver is done, and by no step else.

    What it had in hand when it was cut is handed on again. Of several followers of one site one
    hands on at a time.
    """

    def __init__(
        self, journal: Journal, receiver: Receiver, *, batch: int, source: str | None = None
    ) -> None:
        """`batch` changes are read at once; those of another source than `source` passed over."""
        self._journal, self._receiver = journal, receiver
        self._batch, self._source = batch, source
        self._leading = Leading(journal)
        self._at_work = asyncio.Lock()
        self._is_taken = False
        self.has_begun = False
        self._persist = stamina.AsyncRetryingCaller(
            attempts=None,
            timeout=None,
            wait_initial=_FIRST_WAIT,
            wait_max=_LONGEST_WAIT,
            wait_jitter=_JITTER,
        ).on(_may_pass)

    async def run(self, *, once: bool = False) -> None:
        """Until it is cancelled; `once`: up to the end of the log.

        Raises FinalError and what the receiver raises.
        """
        # Written down before it can be led.
        await self._try(self._journal.cursor)
        self.has_begun = True
        keeping = asyncio.ensure_future(self._leading.keep())
        try:
            while not await self._follow(once=once):
                get_logger().info("site.overtaken")
        finally:
            keeping.cancel()

    async def finish(self, seconds: float) -> None:
        """Begin with no other changes; wait until those in hand are done, at most so long."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._at_work.acquire()
                await self._leading.end()

    async def _follow(self, *, once: bool) -> bool:
        """Whether that was up to the end of the log; else another follower has taken over."""
        await self._try(self._leading.begin)
        cursor = await self._try(self._journal.cursor)
        get_logger().info("site.followed", cursor=cursor)
        read = partial(self._journal.changes, limit=self._batch, wait=0 if once else _WAIT)
        try:
            while True:
                changes = await self._try(partial(read, cursor))
                if once and not changes:
                    return True
                cursor = await self._hand_on(cursor, changes)
        except OvertakenError:
            return False

    async def _hand_on(self, cursor: int, changes: Sequence[Change]) -> int:
        """Where the cursor stands then. Raises OvertakenError."""
        most = self._receiver.most
        for start in range(0, len(changes), most):
            some = changes[start : start + most]
            self._is_taken = False
            await self._try(partial(self._step, cursor, some))
            cursor = some[-1].id
        return cursor

    async def _step(self, cursor: int, changes: Sequence[Change]) -> None:
        """Tried again as a whole, it hands on no second time what was taken."""
        wanted = [one for one in changes if self._source in (None, one.source)]
        async with self._at_work:
            if not self._is_taken and not self._leading.holds:
                raise OvertakenError("the lease is over")
            if wanted and not self._is_taken:
                await self._receiver.take(wanted)
            self._is_taken = True
            await self._journal.advance(cursor, changes[-1].id)

    async def _try(self, step: Callable[[], Awaitable[T]]) -> T:
        """However long the log's side is away, or the receiver takes nothing."""
        return await self._persist(self._telling, step)

    async def _telling(self, step: Callable[[], Awaitable[T]]) -> T:
        try:
            return await step()
        except (NotTakenError, FinalError) as error:
            # Of a log that is away nobody can be told there.
            with suppress(JournalError):
                await self._journal.stuck(str(error))
            raise


def _may_pass(error: Exception) -> bool:
    if isinstance(error, JournalError):
        return not isinstance(error, FinalError | OvertakenError)
    return isinstance(error, NotTakenError)
