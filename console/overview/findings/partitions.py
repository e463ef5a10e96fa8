"""Partitions that are missing, and rows that none of a month takes. Pure."""

from collections.abc import Iterator
from typing import Final

from console.overview.findings.finding import Finding, State
from console.overview.seen.database import Partitions
from console.words.spoken import age, count

MAINTAIN: Final = "`registry-events maintain`"


def partition_findings(partitions: Partitions) -> Iterator[Finding]:
    if partitions.missing:
        tables = " and ".join(partitions.missing)
        yield Finding(
            State.DEGRADED,
            f"{tables}: no partition is there for next week, which workers make months ahead; all "
            f"is recorded, in the default partition. {MAINTAIN} makes them, or says why it cannot",
        )
    if partitions.outside:
        stand = "stands" if partitions.outside == 1 else "stand"
        newest = (
            "" if partitions.newest_age is None else f" (last {age(partitions.newest_age)} ago)"
        )
        yield Finding(
            State.DEGRADED,
            f"{count(partitions.outside, 'event')} of the last 24 hours {stand} in the default "
            f"partition of tracking_events{newest}: by an absurd clock, or before a partition was "
            f"made; what {MAINTAIN} leaves there is of absurd clocks",
        )
