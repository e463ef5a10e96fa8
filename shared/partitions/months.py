"""Months of UTC, which is what a partition holds. Pure."""

from datetime import datetime
from typing import Final, NamedTuple

# This month and the next two: longer than anybody's holiday.
_AHEAD: Final = 3
_DECEMBER: Final = 12


class Range(NamedTuple):
    """Moments from `first` on and before `until`, both in UTC."""

    first: datetime
    until: datetime

    def overlaps(self, other: "Range") -> bool:
        return self.first < other.until and other.first < self.until


def month_of(moment: datetime) -> Range:
    """The month of a moment in UTC; for the last one of the year 9999 raises ValueError."""
    first = moment.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    if first.month == _DECEMBER:
        return Range(first, first.replace(year=first.year + 1, month=1))
    return Range(first, first.replace(month=first.month + 1))


def ahead(now: datetime) -> list[Range]:
    """The months that partitions are made for before anything is of them."""
    months = [month_of(now)]
    while len(months) < _AHEAD:
        months.append(month_of(months[-1].until))
    return months
