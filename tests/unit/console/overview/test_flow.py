"""Rates and waiting times, from what was seen at different moments."""

from collections.abc import Sequence

import pytest

from console.overview.flow import Flow, History
from console.overview.seen.broker import Broker, Depth
from console.overview.seen.database import Database
from console.overview.seen.service import Service
from console.overview.snapshot import Snapshot
from tests.unit.console.overview.seen import make_activity, make_snapshot


def last(*snapshots: Snapshot) -> Flow:
    history = History()
    return [history.add(snapshot) for snapshot in snapshots][-1]


def ingest(events: float, fault: str = "") -> Sequence[Service]:
    return [Service("http://i:1", "ingest", fault, events=events)]


def test_one_look_has_the_rate_of_the_table_only() -> None:
    flow = last(make_snapshot())
    assert (flow.incoming, flow.leaving, flow.measured, flow.window) == (10.0, 10.0, False, 0.0)


def test_what_was_recorded_and_what_the_queue_grew_by_came_in() -> None:
    flow = last(make_snapshot(at=0), make_snapshot(at=5, ready=200))
    assert (flow.incoming, flow.leaving, flow.growth) == (50.0, 10.0, 40.0)
    assert flow.to_empty(200) is None


def test_a_shrinking_queue_has_an_end() -> None:
    flow = last(make_snapshot(at=0, ready=400), make_snapshot(at=4, ready=200))
    assert flow.growth == -50.0
    assert flow.to_empty(200) == 4.0
    assert flow.to_empty(0) == 0.0


def test_what_ingests_count_is_measured() -> None:
    flow = last(
        make_snapshot(at=0, services=ingest(1_000)),
        make_snapshot(at=2, ready=20, services=ingest(1_100)),
    )
    assert (flow.measured, flow.incoming, flow.leaving) == (True, 50.0, 40.0)


def test_what_was_counted_for_a_moment_is_no_rate() -> None:
    flow = last(
        make_snapshot(at=0, services=ingest(1_000)),
        make_snapshot(at=0.3, services=ingest(1_001)),
    )
    assert (flow.measured, flow.incoming) == (False, 10.0)


@pytest.mark.parametrize(
    "services", [ingest(0), ingest(1_100, fault="away"), (), [*ingest(1_100), Service("b")]]
)
def test_without_a_count_of_both_moments_it_is_no_measurement(services: Sequence[Service]) -> None:
    looks = [
        make_snapshot(at=0, services=ingest(1_000)),
        make_snapshot(at=2, services=services),
    ]
    assert last(*looks).measured is (len(services) == 2)


@pytest.mark.parametrize("kind", ["worker", "forward"])
def test_what_counts_nothing_that_comes_in_may_be_away(kind: str) -> None:
    other = Service("http://o:1", kind, fault="away")
    looks = [make_snapshot(at=at, services=[*ingest(1_000 + at), other]) for at in (0, 2)]
    assert last(*looks).measured


def several(**events_of: float) -> Sequence[Service]:
    total = sum(events_of.values())
    return [Service("http://i:1", "ingest", events=total, events_of=events_of)]


def test_what_several_processes_of_an_ingest_count_is_measured() -> None:
    flow = last(
        make_snapshot(at=0, services=several(one=1_000, two=0)),
        make_snapshot(at=2, services=several(one=1_060, two=40)),
    )
    assert (flow.measured, flow.incoming) == (True, 50.0)


@pytest.mark.parametrize(
    "services",
    [several(one=0, two=3_000), several(one=1_100), several(one=1_100, two=9_000, three=500)],
    ids=["started again", "does not answer", "answers again"],
)
def test_without_a_count_of_each_process_it_is_no_measurement(services: Sequence[Service]) -> None:
    before = make_snapshot(at=0, services=several(one=1_000, two=1_000))
    assert last(before, make_snapshot(at=2, services=services)).measured is False


def test_only_the_last_seconds_count() -> None:
    looks = [make_snapshot(at=0, ready=10_000), make_snapshot(at=30), make_snapshot(at=34)]
    assert last(*looks).growth == 0.0


def test_no_difference_across_a_broker_that_was_away() -> None:
    away = make_snapshot(at=2, broker=Broker(fault="away"))
    flow = last(make_snapshot(at=0, ready=9_000), away, make_snapshot(at=4))
    assert (flow.growth, flow.window) == (0.0, 0.0)


def test_without_the_broker_no_rate_through_it_is_known() -> None:
    away = make_snapshot(at=2, broker=Broker(fault="away"), services=ingest(1_100))
    flow = last(make_snapshot(at=0, services=ingest(1_000)), away)
    assert (away.ready, away.dead) == (None, None)
    assert (flow.incoming, flow.growth, flow.dead_growth, flow.leaving) == (None,) * 4
    assert (flow.recorded, flow.waiting) == (10.0, None)


def test_without_the_database_it_is_known_what_ingests_took() -> None:
    away = Database(fault="away")
    flow = last(
        make_snapshot(at=0, database=away, services=ingest(1_000)),
        make_snapshot(at=2, database=away, services=ingest(1_100), ready=20),
    )
    assert (flow.recorded, flow.incoming, flow.leaving) == (None, 50.0, 40.0)
    assert last(make_snapshot(database=away)).incoming is None


def test_what_waits_came_after_what_was_recorded_had_occurred() -> None:
    assert last(make_snapshot(ready=5)).waiting == pytest.approx(3.3)
    assert last(make_snapshot()).waiting == 0.0


def test_what_waits_came_after_the_queue_was_empty() -> None:
    old = make_activity(occurred_age=3_600.0)
    flow = last(make_snapshot(at=0, activity=old), make_snapshot(at=4, ready=5, activity=old))
    assert flow.waiting == 4.0


def test_without_either_it_is_not_known_how_long() -> None:
    assert last(make_snapshot(ready=5, activity=make_activity(occurred_age=None))).waiting is None


def test_a_registry_whose_clock_is_ahead_makes_no_negative_age() -> None:
    assert last(make_snapshot(ready=5, activity=make_activity(occurred_age=-7.0))).waiting == 0.0


def test_what_a_reader_has_in_hand_is_still_there() -> None:
    history = History()
    seen = [
        history.steady(Broker(dead=dead)).dead
        for dead in (Depth(90, 0), Depth(20, 1), Depth(95, 1), Depth(0, 0), Depth(40, 0), None)
    ]
    assert [dead and dead.ready for dead in seen] == [90, 90, 95, 95, 40, None]
