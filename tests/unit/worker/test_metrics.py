"""The figures of a worker whose events come from several registries."""

import json

from msgspec.structs import replace

from shared.amqp.dead_letter import Reason
from shared.event import Event
from shared.origin import DEFAULT, Origin
from tests.factories import make_event
from tests.unit.worker.models import delivery
from worker.delivery import Failure
from worker.isolation import Outcome
from worker.metrics import WorkerMetrics
from worker.verdicts import Catalogue, Verdict, judge

EVENTS = "registry_events_worker_events_total"


def outcome(*sources: str) -> Outcome[Verdict]:
    event = Event.parse(json.dumps(make_event()))
    events = [replace(event, origin=replace(DEFAULT, source=source)) for source in sources]
    return Outcome(fresh=judge(events, Catalogue({})))


def count(metrics: WorkerMetrics, source: str, result: str = "recorded") -> float | None:
    labels = {"action": "push", "outcome": result, "source": source}
    return metrics.registry.get_sample_value(EVENTS, labels)


def test_events_are_counted_by_source() -> None:
    metrics = WorkerMetrics()
    metrics.count_recorded(outcome("default", "harbor", "harbor"), geo_enabled=True)
    assert [count(metrics, source) for source in ("default", "harbor", "lab")] == [1, 2, None]


def test_dead_letters_are_counted_by_source() -> None:
    metrics = WorkerMetrics()
    for headers in ({}, Origin("harbor", "harbor").headers):
        failed = delivery(1, headers=headers)
        metrics.count_dead_lettered([Failure(failed, Reason.INVALID_EVENT, ValueError(), 1)])
    assert [count(metrics, one, "dead_lettered") for one in ("default", "harbor")] == [1, 1]


def test_sources_without_end_make_no_more_than_a_hundred_series() -> None:
    metrics = WorkerMetrics()
    metrics.count_recorded(outcome(*(f"s{number}" for number in range(500))), geo_enabled=True)
    metrics.count_recorded(outcome("default", "s0", "s499"), geo_enabled=True)
    (family,) = (one for one in metrics.registry.collect() if f"{one.name}_total" == EVENTS)
    counted = {s.labels["source"]: s.value for s in family.samples if s.name == EVENTS}
    assert len(counted) == 101
    assert (counted["default"], counted["s0"], counted["other"]) == (1, 2, 402)
