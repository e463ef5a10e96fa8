"""Looks over the dead letters for pages; one at a time, since each has the queue to itself."""

import asyncio
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from console.dead_letters import operation, reading
from console.dead_letters.plan import Plan
from console.dead_letters.selection import Selection
from console.dead_letters.summary import Summary
from console.dead_letters.view import DeadLetter

PAGE: Final = 50
LAST_PAGE: Final = 200
# A large queue is looked at for a small part of the time.
_FRESH: Final = 3.0
_FRESH_PER_LOOK: Final = 20


@dataclass(frozen=True, slots=True)
class Listed:
    """One page of what matches, the youngest first."""

    dead_letters: Sequence[DeadLetter]
    matched: int
    number: int

    @property
    def older(self) -> bool:
        return self.matched > (self.number + 1) * PAGE and self.number < LAST_PAGE


class Looks:
    """Every method raises BusyError, BrokerAwayError and TopologyConflictError.

    `looked_at` is when the look of the last summary ended.
    """

    def __init__(self, url: str) -> None:
        self._url = url
        self._one = asyncio.Lock()
        self._summary: Summary | None = None
        self.looked_at = datetime.now(UTC)
        self._fresh_until = 0.0

    async def summary(self) -> Summary:
        """By cause; of a large queue it may be some minutes old."""
        async with self._one:
            if self._summary is None or time.monotonic() > self._fresh_until:
                await self._summarise()
            return self._summary or Summary(datetime.now(UTC))

    def forget(self) -> None:
        """Something was changed: the next summary looks again."""
        self._summary = None

    async def _summarise(self) -> None:
        started, summary = time.monotonic(), Summary(datetime.now(UTC))
        async with reading.connected(self._url) as broker:
            await reading.each(broker, summary.add)
        took = time.monotonic() - started
        self._fresh_until = time.monotonic() + max(_FRESH, _FRESH_PER_LOOK * took)
        self._summary, self.looked_at = summary, datetime.now(UTC)

    async def page(self, selection: Selection, number: int) -> Listed:
        window = deque[DeadLetter](maxlen=(number + 1) * PAGE)
        matched = 0

        def note(dead_letter: DeadLetter) -> None:
            nonlocal matched
            matched += 1
            window.append(dead_letter)

        async with self._one, reading.connected(self._url) as broker:
            await reading.each(broker, reading.only(selection, note))
        youngest = list(reversed(window))
        return Listed(youngest[number * PAGE :], matched, number)

    async def find(self, identifier: str) -> DeadLetter | None:
        """The youngest of that message id or event id."""
        return next(iter((await self.page(Selection(id=(identifier,)), 0)).dead_letters), None)

    async def plan(self, selection: Selection, refusal: Callable[[DeadLetter], str]) -> Plan:
        async with self._one, reading.connected(self._url) as broker:
            return await operation.plan(broker, selection, refusal)
