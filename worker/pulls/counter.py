"""One transaction: what a batch of pulls adds to the counters."""

from collections.abc import Sequence
from datetime import UTC, datetime

from shared import user_agent
from shared.database import Pool, transaction
from shared.event import PULL, Event
from worker.pulls import counted_pulls, pull_counts
from worker.pulls.count import fold
from worker.pulls.counted_pulls import pull_id
from worker.recorded import Recorded


class PullCounter:
    """Counts batches of pulls, in any order and beside any number of others, each pull once.

    Locks are taken in one order: ids of pulls, counters.
    """

    def __init__(self, pool: Pool, *, seconds: float) -> None:
        self._pool = pool
        self._seconds = seconds

    async def record(self, events: Sequence[Event]) -> Recorded[Event]:
        """Count all of `events` or none; the rest are those that were counted, or are no pulls.

        Raises what asyncpg raises; then, too, everything may have been committed already, which
        the next attempt finds out.
        """
        pulls = {pull_id(event): event for event in events if _counts(event)}
        if not pulls:
            return Recorded(fresh=(), duplicates=len(events))
        async with transaction(self._pool, seconds=self._seconds) as connection:
            noted = await counted_pulls.note(connection, pulls)
            fresh = [pull for one, pull in pulls.items() if one in noted]
            if fresh:
                await pull_counts.add(connection, fold(fresh, datetime.now(UTC)))
        return Recorded(fresh, duplicates=len(events) - len(fresh))


def _counts(event: Event) -> bool:
    """Without a usable repository nobody pulled anything: such requests are many, and no fault.

    What we read ourselves, to copy or to compare, says nothing of who uses an image.
    """
    return event.action == PULL and event.is_placed and not _is_ours(event)


def _is_ours(event: Event) -> bool:
    return (event.user_agent or "").startswith(user_agent.PREFIX)
