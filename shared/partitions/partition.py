"""The partitions that there are, as they were seen. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from shared.partitions.months import Range


@dataclass(frozen=True, slots=True)
class Partition:
    """One with bounds; `rows` is the statistics' estimate, `bytes` are with its indexes."""

    table: str
    name: str
    range: Range
    rows: int
    bytes: int


@dataclass(frozen=True, slots=True)
class Standing:
    """By table: its partitions in order, the starts of months that rows in the default one are of.

    Rows of absurd clocks (`shared/lag.py`) stay there and are not among these. Nothing before
    `kept_from` is recorded any more.
    """

    partitions: Sequence[Partition]
    waiting: Mapping[str, Sequence[datetime]] = field(default_factory=dict)
    kept_from: Mapping[str, datetime] = field(default_factory=dict)

    def of(self, table: str) -> Sequence[Partition]:
        return [one for one in self.partitions if one.table == table]
