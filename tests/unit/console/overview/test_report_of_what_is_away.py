"""What `status` prints of a server that is away."""

import json
from datetime import UTC, datetime
from typing import Any

from console.overview import report
from console.overview.collector import Overview
from console.overview.flow import History
from console.overview.seen.broker import Broker, LastKnown
from console.overview.seen.database import Database
from console.overview.seen.service import Service
from console.overview.snapshot import Snapshot
from console.overview.verdict import judge
from tests.unit.console.overview.seen import make_snapshot

THEN = datetime(2026, 11, 24, 2, 59, 10, tzinfo=UTC)
AWAY: dict[str, Any] = {
    "broker": Broker(fault="no"),
    "broker_known": LastKnown(THEN, 1_204, 3),
    "services": [Service("http://i:1", "ingest", version="1", events=5)],
}


def seen(snapshot: Snapshot) -> Overview:
    flow = History().add(snapshot)
    return Overview(snapshot, flow, judge(snapshot, flow))


def lines(**changes: Any) -> str:
    return "\n".join(report.to_lines(seen(make_snapshot(**changes))))


def test_of_a_broker_that_is_away_it_says_what_was_known_and_when() -> None:
    text = lines(**AWAY)
    known = "not known since 02:59:10 UTC (was {})"
    assert (
        f"broker      away; events waiting {known.format('1,204')}, "
        f"dead letters {known.format(3)}\n" in text
    )
    assert "ready by its own account at 03:00:00 UTC" in text
    never = lines(broker=Broker(fault="no"))
    assert "broker      away; events waiting not known, dead letters not known\n" in never


def test_of_a_database_that_is_away_no_rate_is_told() -> None:
    text = lines(database=Database(fault="no"), database_known=THEN, ready=7)
    assert "database    away; what is recorded is not known since 02:59:10 UTC" in text
    (queue,) = [line for line in text.splitlines() if line.startswith("registry.events ")]
    ready, _, consumers, comes, goes, *_ = queue.split()[1:]
    assert (ready, consumers, comes, goes) == ("7", "2", "-", "-")


def test_as_json_what_is_not_known_is_null() -> None:
    told = json.loads(report.to_json(seen(make_snapshot(**AWAY))))
    assert told["broker"]["events"] is None
    assert told["broker_known"] == {"at": THEN.isoformat(), "ready": 1_204, "dead": 3}
    rates = [told["flow"][name] for name in ("incoming", "growth", "leaving", "waiting")]
    assert rates == [None] * 4
