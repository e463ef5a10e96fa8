"""A service is known by its own /metrics and /health/ready."""

from prometheus_client import generate_latest

from console.overview.services import addresses, read
from ingest.metrics import IngestMetrics
from shared.amqp.dead_letter import VERSION
from worker.metrics import WorkerMetrics

READY = '{"ready": true, "missing": {}}'


def test_an_ingest_says_what_it_took_for_the_queue() -> None:
    metrics = IngestMetrics()
    metrics.events.labels("push", "accepted").inc(7)
    metrics.events.labels("pull", "accepted").inc(90)
    metrics.events.labels("delete", "accepted").inc(2)
    metrics.dead_letters.labels("invalid_event").inc(3)
    one = read("http://i:1", generate_latest(metrics.registry).decode(), READY)
    assert (one.kind, one.events, one.dead_lettered, one.fault) == ("ingest", 9, 3, "")
    assert one.version == VERSION


def test_a_worker_that_is_not_ready_says_why() -> None:
    ready = '{"ready": false, "missing": {"broker": "away\\u202e", "database": "slow"}}'
    one = read("http://w:1", generate_latest(WorkerMetrics().registry).decode(), ready)
    assert (one.kind, one.fault) == ("worker", "broker: away\\u202e; database: slow")


def test_another_program_is_said_to_be_one() -> None:
    for metrics, ready in (("<html>", "<html>"), ("", "[]"), ("", "x")):
        fault = read("http://x:1", metrics, ready).fault
        assert fault == "is neither an ingest nor a worker"


def test_addresses_are_separated_by_commas() -> None:
    assert addresses(" http://a:1/, http://b:2,, ") == ["http://a:1", "http://b:2"]
    assert addresses("") == []
