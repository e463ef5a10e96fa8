"""One repository: its days, its tags and who is at work on it."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, NamedTuple

from console.events.periods import Counts, Period, Top, totals
from console.events.recorded import COLUMNS, Recorded
from console.events.search import BY_DAY
from console.events.statistics import at, counted_until, counts
from shared.database import Connection

# Tags and actors are those of so many of its newest events.
NEWEST: Final = 2_000
_TAGS: Final = 20
_ACTORS: Final = 10
_EVENTS: Final = 20


class Pulls(NamedTuple):
    """Manifests that were fetched in the last 90 days, of a tag; and when anything was, last."""

    fetched: int
    last: datetime


@dataclass(frozen=True, slots=True)
class Repository:
    """`days` are the last 90 of them, counted until `counted_until`; `known` are NEWEST events.

    `pulls` are by tag, and those of no tag by an empty one; none where pulls are not counted.
    """

    path: str
    source: str
    days: Sequence[tuple[datetime, Counts]]
    counted_until: datetime
    known: Sequence[Recorded]
    pulls: Mapping[str, Pulls]

    @property
    def pulled(self) -> Pulls | None:
        """Of all tags, and of none."""
        if not self.pulls:
            return None
        of_each = self.pulls.values()
        return Pulls(sum(one.fetched for one in of_each), max(one.last for one in of_each))

    @property
    def newest(self) -> Sequence[Recorded]:
        return self.known[:_EVENTS]

    @property
    def tags(self) -> Sequence[Recorded]:
        """Of each tag what was done to it last, the last of these first."""
        last: dict[str, Recorded] = {}
        for event in self.known:
            if event.tag:
                last.setdefault(event.tag, event)
        return list(last.values())[:_TAGS]

    @property
    def actors(self) -> Sequence[Top]:
        counted = Counter(event.actor for event in self.known if event.actor)
        return [Top(actor, "", events) for actor, events in counted.most_common(_ACTORS)]

    @property
    def totals(self) -> Counts:
        return totals(self.days)


DAYS: Final = """
SELECT day, pushes, creations, deletes FROM tracking_event_days
WHERE repository = $1 AND registry_source = $2 AND day >= $3 AND day <= $4
"""
PULLS: Final = """
SELECT tag, sum(manifest_gets)::bigint AS fetched, max(last_pulled_at) AS last
FROM pull_counts WHERE repository = $1 AND source = $2 AND day >= $3 GROUP BY tag
"""
KNOWN: Final = f"""
SELECT {COLUMNS} FROM tracking_events
WHERE repository = $1 AND registry_source = $2 {BY_DAY} LIMIT $3
"""  # noqa: S608  our own words


async def read(connection: Connection, path: str, source: str, now: datetime) -> Repository:
    """Raises what asyncpg raises."""
    begin = Period.QUARTER.begin(now)
    days = await connection.fetch(DAYS, path, source, begin.date(), now.astimezone(UTC).date())
    pulls = await connection.fetch(PULLS, path, source, begin.date())
    known = await connection.fetch(KNOWN, path, source, NEWEST)
    return Repository(
        path,
        source,
        Period.QUARTER.filled(begin, {at(row["day"]): counts(row) for row in days}),
        await counted_until(connection),
        [Recorded.of(row) for row in known],
        {row["tag"]: Pulls(row["fetched"], row["last"]) for row in pulls},
    )
