"""The periods that statistics are of, and what is told of them. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum
from typing import Final, NamedTuple

# By what a chart shows, in the order of SERIES.
Counts = Mapping[str, int]

SERIES: Final = ("pushes", "creations", "deletes")
NONE: Final[Counts] = dict.fromkeys(SERIES, 0)


class Period(Enum):
    DAY = "24h"
    WEEK = "7d"
    QUARTER = "90d"

    @property
    def step(self) -> timedelta:
        return timedelta(hours=1) if self is Period.DAY else timedelta(days=1)

    @property
    def steps(self) -> int:
        return {Period.DAY: 24, Period.WEEK: 7, Period.QUARTER: 90}[self]

    def begin(self, now: datetime) -> datetime:
        """Of the first of its steps, the last of which is not over. In UTC."""
        hour = now.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
        last = hour if self is Period.DAY else hour.replace(hour=0)
        return last - (self.steps - 1) * self.step

    def filled(
        self, begin: datetime, known: Mapping[datetime, Counts]
    ) -> Sequence[tuple[datetime, Counts]]:
        """Every step from `begin`."""
        steps = [begin + number * self.step for number in range(self.steps)]
        return [(step, known.get(step, NONE)) for step in steps]


class Top(NamedTuple):
    """`source` is that of a repository, empty for an actor."""

    name: str
    source: str
    events: int


class Month(NamedTuple):
    """`actors`: how many different ones, by action."""

    month: datetime
    actors: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Statistics:
    """`steps` has every hour or day of the period, those without an event too.

    `counted_until` is None where that is now.
    """

    period: Period
    steps: Sequence[tuple[datetime, Counts]]
    repositories: Sequence[Top]
    actors: Sequence[Top]
    months: Sequence[Month]
    counted_until: datetime | None

    @property
    def totals(self) -> Counts:
        return totals(self.steps)


def totals(steps: Sequence[tuple[datetime, Counts]]) -> Counts:
    return {series: sum(counts[series] for _, counts in steps) for series in SERIES}
