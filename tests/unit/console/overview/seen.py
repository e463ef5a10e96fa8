"""Snapshots as collectors make them, with what a test cares about changed."""

from datetime import UTC, datetime
from typing import Any

from console.overview.seen.broker import Broker, Depth
from console.overview.seen.database import Activity, Database
from console.overview.snapshot import Snapshot

TAKEN = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)


def make_activity(**changes: Any) -> Activity:
    return Activity(
        **{
            "last_10_s": 100,
            "last_60_s": 600,
            "recorded_age": 3.2,
            "occurred_age": 3.3,
            "lag_p50": 0.02,
            "lag_p99": 0.08,
            "geo_head": 12_345,
            **changes,
        }
    )


def make_snapshot(
    *,
    at: float = 100.0,
    ready: int = 0,
    workers: int = 2,
    dead: int = 0,
    activity: Activity | None = None,
    **changes: Any,
) -> Snapshot:
    """A healthy pipeline unless told otherwise."""
    values = {
        "taken": TAKEN,
        "at": at,
        "broker": Broker("", "3.10.8", Depth(ready, workers), Depth(dead, 0)),
        "database": Database("", "15.0", 4, 0, activity or make_activity()),
        **changes,
    }
    return Snapshot(**values)
