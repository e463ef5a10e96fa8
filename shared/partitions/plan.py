"""Which partitions to make and which to drop, given those that there are. Pure."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from shared.partitions.months import Range, ahead, month_of
from shared.partitions.partition import Partition, Standing

TRACKING: Final = "tracking_events"
GEO: Final = "geo_events"
TABLES: Final = (TRACKING, GEO)


def to_make(standing: Standing, table: str, now: datetime) -> Sequence[Range]:
    """The month of now, those ahead, and those that rows in the default partition are of.

    None where a partition is, or was dropped: of such a time nothing is recorded any more.
    """
    wanted = {*ahead(now), *map(month_of, standing.waiting.get(table, ()))}
    taken = [one.range for one in standing.of(table)]
    kept_from = standing.kept_from.get(table)
    return sorted(
        month
        for month in wanted
        if not any(map(month.overlaps, taken)) and not (kept_from and month.first < kept_from)
    )


def to_drop(
    standing: Standing, table: str, now: datetime, retention: timedelta | None
) -> Sequence[Partition]:
    """Those that are wholly older than `retention`, oldest first; without one none is."""
    if retention is None:
        return ()
    return [one for one in standing.of(table) if one.range.until <= now - retention]
