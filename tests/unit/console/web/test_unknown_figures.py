"""The pieces of the first page while a server is away: no figure that nobody knows."""

from datetime import UTC, datetime
from typing import Any

from console.overview.collector import Overview
from console.overview.flow import History
from console.overview.seen.broker import Broker, LastKnown
from console.overview.seen.database import Database
from console.overview.seen.service import Service
from console.overview.verdict import judge
from console.web.pages.overview import Ingests
from console.web.template import new_environment
from console.web.values import sparkline
from tests.consoles import Page
from tests.unit.console.overview.seen import make_snapshot

THEN = datetime(2026, 11, 24, 2, 59, 10, tzinfo=UTC)


def shown(part: str, **changes: Any) -> Page:
    snapshot = make_snapshot(
        services=[Service("http://i:1", "ingest", version="1", events=5)], **changes
    )
    flow = History().add(snapshot)
    source = (
        new_environment()
        .get_template(part)
        .render(
            seen=Overview(snapshot, flow, judge(snapshot, flow)),
            ingests=Ingests(1, 1),
            deadline=0.4,
            recorded=sparkline.chart([]),
            ready=sparkline.chart([(0.0, 4), (1.0, 4), (2.0, None), (3.0, 4), (4.0, 4)]),
        )
    )
    return Page(200, source, {})


def test_what_is_known_moves() -> None:
    flow = shown("_flow.html")
    assert flow.source.count("arrow moves") == 4
    assert "Ingest 1 of 1 ready 10/s" in flow.text


def test_without_the_broker() -> None:
    away = {"broker": Broker(fault="no"), "broker_known": LastKnown(THEN, 1_204, 3)}
    flow, details = shown("_flow.html", **away), shown("_details.html", **away)
    # What the table has is seen all the same.
    assert flow.source.count("arrow moves") == 1
    assert "Queue away not known since 02:59:10 UTC (was 1,204)" in flow.text
    assert "dead letters not known since 02:59:10 UTC (was 3)" in flow.text
    assert "1 of 1 ready by its own account at 2026-11-24 03:00:00 UTC" in flow.text
    assert "Waiting not known since 02:59:10 UTC (was 1,204)" in details.text
    assert details.source.count("<polyline") == 2


def test_without_the_database() -> None:
    away = {"database": Database(fault="no"), "database_known": THEN}
    flow, details = shown("_flow.html", **away), shown("_details.html", **away)
    assert "arrow moves" not in flow.source
    assert "Postgres away not known since 02:59:10 UTC" in flow.text
    assert "Recorded - not known since 02:59:10 UTC" in details.text
