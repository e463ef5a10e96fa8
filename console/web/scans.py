"""Looks over the dead letters for pages; one at a time, since each has the queue to itself."""

import asyncio
import time
from collections import deque
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from console.dead_letters.errors import BusyError
from console.dead_letters.letter.dead_letter import DeadLetter
from console.dead_letters.operations import plan, returned
from console.dead_letters.operations.plan import Plan
from console.dead_letters.operations.returned import Returned, Sent
from console.dead_letters.queue import visit
from console.dead_letters.queue.broker import Broker, connected
from console.dead_letters.selection import Selection
from console.dead_letters.summary import Summary
from console.words.away import ANSWER
from shared.amqp.errors import BrokerAwayError
from shared.origin import DEFAULT_SOURCE

PAGE: Final = 50
LAST_PAGE: Final = 200
# A large queue is looked at for a small part of the time.
FRESH: Final = 3.0
FRESH_PER_LOOK: Final = 20
# A page does not wait for others who are at the queue, it says so; a little longer than a broker's
# first answer may take, so that who waited hears what became of that.
_PATIENCE: Final = ANSWER + 0.25


@dataclass(frozen=True, slots=True)
class Listed:
    """One page of what matches, the youngest first."""

    dead_letters: Sequence[DeadLetter]
    matched: int
    number: int

    @property
    def has_sources(self) -> bool:
        """Whether any of it is of another source than the default."""
        return any(one.registry_source != DEFAULT_SOURCE for one in self.dead_letters)

    @property
    def older(self) -> bool:
        return self.matched > (self.number + 1) * PAGE and self.number < LAST_PAGE


class Scans:
    """Every method raises BusyError, BrokerAwayError and TopologyConflictError.

    `looked_at` is when the look of the last summary ended.
    """

    def __init__(self, url: str) -> None:
        self._url = url
        self._one = asyncio.Lock()
        self._summary: Summary | None = None
        self.looked_at = datetime.now(UTC)
        self._fresh_until = 0.0
        self._away: BrokerAwayError | None = None
        self._away_at = 0.0

    async def summary(self) -> Summary:
        """By cause; of a large queue it may be some minutes old."""
        async with self._turn() as left:
            if self._summary is None or time.monotonic() > self._fresh_until:
                await self._summarise(left)
            return self._summary or Summary(datetime.now(UTC))

    def forget(self) -> None:
        """Something was changed: the next summary looks again."""
        self._summary = None

    async def _summarise(self, patience: float) -> None:
        started, summary = time.monotonic(), Summary(datetime.now(UTC))
        async with connected(self._url, patience=patience) as broker:
            await visit.each(broker, summary.add)
        took = time.monotonic() - started
        self._fresh_until = time.monotonic() + max(FRESH, FRESH_PER_LOOK * took)
        self._summary, self.looked_at = summary, datetime.now(UTC)

    async def page(self, selection: Selection, number: int) -> Listed:
        found, matched = await self.youngest(selection, (number + 1) * PAGE)
        return Listed(list(reversed(found))[number * PAGE :], matched, number)

    async def youngest(self, selection: Selection, count: int) -> tuple[Sequence[DeadLetter], int]:
        """So many of what matches, the oldest of them first, and how many match."""
        window = deque[DeadLetter](maxlen=count)
        matched = 0

        def note(dead_letter: DeadLetter) -> None:
            nonlocal matched
            matched += 1
            window.append(dead_letter)

        async with self._broker() as broker:
            await visit.each(broker, visit.only(selection, note))
        return list(window), matched

    async def find(self, identifier: str) -> DeadLetter | None:
        """The youngest of that message id or event id."""
        return next(iter((await self.page(Selection(id=(identifier,)), 0)).dead_letters), None)

    async def plan(self, selection: Selection, refusal: Callable[[DeadLetter], str]) -> Plan:
        async with self._broker() as broker:
            return await plan.make(broker, selection, refusal)

    async def returned(self, sent: Sent) -> Returned:
        """Raises nothing: what it cannot know it says."""
        return await returned.look(self._broker(), sent)

    @asynccontextmanager
    async def _broker(self) -> AsyncIterator[Broker]:
        async with self._turn() as left, connected(self._url, patience=left) as broker:
            yield broker

    @asynccontextmanager
    async def _turn(self) -> AsyncIterator[float]:
        """One page after another; the seconds that are left to wait for others than pages."""
        asked = time.monotonic()
        try:
            async with asyncio.timeout(_PATIENCE):
                await self._one.acquire()
        except TimeoutError:
            raise BusyError(_PATIENCE) from None
        try:
            if self._away and self._away_at > asked:
                # Found out meanwhile, for whoever had the turn before.
                raise self._away
            yield max(_PATIENCE - (time.monotonic() - asked), 0.0)
        except BrokerAwayError as error:
            self._away, self._away_at = error, time.monotonic()
            raise
        finally:
            self._one.release()
