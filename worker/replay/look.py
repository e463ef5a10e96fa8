"""Kept events compared with what is recorded, before anything is."""

from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import Final

from shared.amqp.contents import Delivery
from shared.database import Pool, borrowed
from shared.event import Event
from worker.delivery import read
from worker.replay.comparison import compare
from worker.replay.difference import Difference
from worker.replay.standing import Creating, Rules
from worker.verdicts import EventKey, event_key

# Of events that were looked at: a registry repeats them soon, if it does.
_REMEMBERED: Final = 200_000


class Look:
    """Looks at batches of kept events, of which some are `wanted`; a batch takes `seconds`."""

    def __init__(
        self, pool: Pool, rules: Rules, wanted: Callable[[Event], bool], *, seconds: float
    ) -> None:
        self._pool = pool
        self._rules = rules
        self._wanted = wanted
        self._seconds = seconds
        self._creating = Creating(rules.mode)
        self._seen: OrderedDict[EventKey, None] = OrderedDict()
        self.difference = Difference()

    async def add(self, batch: Sequence[Delivery]) -> None:
        """Add it to the difference. Raises what asyncpg raises."""
        received, failures = read(batch)
        events = [one.event for one in received if self._wanted(one.event)]
        supported = [event for event in events if event.supported]
        fresh = [event for event in supported if self._is_fresh(event)]
        found = self.difference
        found.events += len(events) + len(failures)
        found.invalid += len(failures)
        found.unrecorded += len(events) - len(supported)
        found.repeated += len(supported) - len(fresh)
        if fresh:
            async with borrowed(self._pool, seconds=self._seconds) as connection:
                found.add(await compare(connection, fresh, self._rules, self._creating))

    def _is_fresh(self, event: Event) -> bool:
        key = event_key(event)
        if key in self._seen:
            return False
        self._seen[key] = None
        if len(self._seen) > _REMEMBERED:
            self._seen.popitem(last=False)
        return True
