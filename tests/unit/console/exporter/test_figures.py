"""What stands in /metrics of what was seen."""

import math
from typing import Any

import pytest
from prometheus_client import generate_latest

from console.exporter.figures import ExporterFigures
from console.overview.collector import Overview
from console.overview.flow import Flow
from console.overview.seen.broker import Broker, Depth
from console.overview.seen.database import Database, Partitions, Reconciled
from console.overview.seen.site import Site
from console.overview.snapshot import Snapshot
from console.overview.verdict import judge
from shared.amqp.dead_letter import Reason
from shared.forward_backlog import Backlog
from tests.exporting import Figures, read
from tests.unit.console.overview.seen import make_snapshot

COUNTS = {"tracking_events": 3, "geo_events": 2}


def make_database(**changes: Any) -> Database:
    known = {"schema": 16, "schema_expected": 16, "partitions": Partitions(COUNTS)}
    return Database(**{**known, **changes})


def seen(snapshot: Snapshot, waiting: float | None = 0.0) -> Overview:
    flow = Flow(waiting=waiting)
    return Overview(snapshot, flow, judge(snapshot, flow))


def shown(overview: Overview, reasons: dict[Reason, int] | None = None) -> Figures:
    """As Prometheus reads it, without the prefix."""
    figures = ExporterFigures()
    figures.show(overview, reasons or {})
    return read(generate_latest(figures.registry).decode())


def test_each_queue_has_its_depth_and_its_age() -> None:
    broker = Broker(
        events=Depth(50, 4),
        dead=Depth(7, 0),
        pulls=Depth(9, 1),
        shards={"registry.events.1": Depth(20, 2), "registry.events.2": None},
    )
    found = shown(seen(make_snapshot(broker=broker, oldest_dead=90.0), waiting=12.5))
    assert found["queue_messages registry.events"] == 30
    assert found["queue_messages registry.events.1"] == 20
    assert "queue_messages registry.events.2" not in found
    assert found["queue_consumers registry.events"] == 4
    assert found["queue_messages registry.events.pulls"] == 9
    assert found["queue_oldest_seconds registry.events"] == 12.5
    assert found["queue_oldest_seconds registry.events.dead"] == 90.0


def test_an_age_that_is_not_known_is_not_shown() -> None:
    found = shown(seen(make_snapshot(ready=3, dead=3), waiting=None))
    assert not [name for name in found if name.startswith("queue_oldest_seconds")]


def test_dead_letters_that_were_not_counted_are_no_reason_s() -> None:
    found = shown(seen(make_snapshot(dead=10)), {Reason.INVALID_EVENT: 7})
    assert found["dead_letters_waiting invalid_event"] == 7
    assert found["dead_letters_waiting recording_failed"] == 0
    assert found["dead_letters_waiting uncounted"] == 3


def test_the_schema_is_shown_beside_the_one_expected() -> None:
    database = Database(missing=1, schema=15, schema_expected=16)
    found = shown(seen(make_snapshot(database=database)))
    assert (found["schema_version"], found["schema_expected_version"]) == (15, 16)
    # Not known, hence not 0.
    assert "default_partition_events" not in found


def test_partitions_sites_sinks_and_comparisons() -> None:
    database = make_database(
        partitions=Partitions(COUNTS, ["geo_events"], outside=5),
        sites=[
            Site("lima", 4, 61.0, pending=3, failing=2),
            Site("cusco", 9, None),
        ],
        forwarding=[Backlog("snowplow", 2, 30.0, 1)],
        reconciled=[Reconciled("default", "", 60.0, drifts=5, filled_in=3, failures=1)],
    )
    found = shown(seen(make_snapshot(database=database)))
    assert found["partitions tracking_events"] == 3
    assert found["partition_missing geo_events"] == 1
    assert found["partition_missing tracking_events"] == 0
    assert found["default_partition_events"] == 5
    assert found["geo_site_lag_events lima"] == 4
    assert found["geo_site_lag_seconds lima"] == 61.0
    assert math.isinf(found["geo_site_lag_seconds cusco"])
    assert found["geo_site_pending_repositories lima"] == 3
    assert found["geo_site_failing_repositories lima"] == 2
    assert found["forward_waiting_events snowplow"] == 2
    assert found["forward_oldest_seconds snowplow"] == 30.0
    assert found["forward_refused_events snowplow"] == 1
    assert found["reconcile_age_seconds default"] == 60.0
    assert found["reconcile_left_tags default"] == 2
    assert found["reconcile_failures default"] == 1
    assert found["reconcile_ended default"] == 1


@pytest.mark.parametrize(
    "database", [Database(fault="it refuses connections"), Database(is_locked=True)]
)
def test_a_server_that_was_not_seen_has_no_figures(database: Database) -> None:
    found = shown(seen(make_snapshot(database=database, broker=Broker("away"))))
    assert (found["exporter_up broker"], found["exporter_up database"]) == (0, 0)
    assert not [one for one in found if one.startswith(("queue", "schema", "dead", "part", "geo"))]


def test_before_the_first_look_nothing_is_up_or_down() -> None:
    figures = ExporterFigures()
    assert b"exporter_up" not in generate_latest(figures.registry)
    assert figures.missing == {"figures": "nothing was looked at yet"}


def test_a_name_that_breaks_lines_breaks_no_other_figure() -> None:
    sites = [Site('li"ma\\\n} 1', 1), Site("lima", 2)]
    found = shown(seen(make_snapshot(database=make_database(sites=sites))))
    assert found['geo_site_lag_events li"ma\\\n} 1'] == 1
    assert found["geo_site_lag_events lima"] == 2
