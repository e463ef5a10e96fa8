"""A service is known by its own /metrics and /health/ready."""

import json

import pytest
from prometheus_client import generate_latest

from console.overview.seen.service import SenderFault, Subscription
from console.overview.sources.account import read
from console.overview.sources.services import addresses
from forward.metrics import ForwardMetrics
from ingest.metrics import IngestMetrics
from shared import summing_up
from shared.amqp.dead_letter import VERSION
from shared.metrics import PREFIX
from worker.metrics import WorkerMetrics

READY = '{"ready": true, "missing": {}}'


def test_an_ingest_says_what_it_took_for_the_queue() -> None:
    metrics = IngestMetrics()
    metrics.events.labels("push", "accepted", "default").inc(7)
    metrics.events.labels("pull", "accepted", "default").inc(90)
    metrics.events.labels("delete", "accepted", "default").inc(2)
    metrics.dead_letters.labels("invalid_event").inc(3)
    one = read("http://i:1", generate_latest(metrics.registry).decode(), READY)
    assert (one.kind, one.events, one.dead_lettered, one.fault) == ("ingest", 9, 3, "")
    assert one.version == VERSION


def told(*processes: IngestMetrics | WorkerMetrics) -> str:
    """The /metrics of a service of several processes."""
    texts = [generate_latest(one.registry).decode() for one in processes]
    return summing_up.figures(dict(enumerate(texts, start=1))).decode()


def test_of_several_processes_the_figures_are_summed_up() -> None:
    first, second = IngestMetrics(), IngestMetrics()
    one = read("http://i:1", told(first, second), READY)
    assert (one.kind, one.events, one.events_of) == ("ingest", 0, {"1": 0, "2": 0})
    first.events.labels("push", "accepted", "default").inc(7)
    first.dead_letters.labels("invalid_event").inc(3)
    one = read("http://i:1", told(first, second), READY)
    assert (one.events, one.events_of, one.dead_lettered) == (7, {"1": 7, "2": 0}, 3)
    second.events.labels("delete", "accepted", "default").inc(5)
    second.dead_letters.labels("unreadable_body").inc(1)
    one = read("http://i:1", told(first, second), READY)
    assert (one.events, one.events_of, one.dead_lettered) == (12, {"1": 7, "2": 5}, 4)
    assert one.version == VERSION


def test_of_several_processes_the_oldest_batch_is_the_worker_s() -> None:
    first, second = WorkerMetrics(), WorkerMetrics()
    for metrics, in_hand, age in ((first, 1_500, 0.1), (second, 300, 9.4)):
        metrics.in_hand.set(in_hand)
        metrics.batch_age.set(age)
    one = read("http://w:1", told(first, second), READY)
    assert (one.in_hand, one.batch_age) == (1_800, 9.4)


def test_a_worker_s_events_of_all_sources_are_its_events() -> None:
    metrics = WorkerMetrics()
    for source in ("default", "harbor"):
        metrics.events.labels("push", "recorded", source).inc(3)
    one = read("http://w:1", generate_latest(metrics.registry).decode(), READY)
    assert (one.kind, one.events) == ("worker", 6)


def test_a_forward_says_what_became_of_its_events() -> None:
    metrics = ForwardMetrics()
    told = generate_latest(metrics.registry).decode()
    assert read("http://f:1", told, READY).kind == "forward"
    metrics.events.labels("snowplow", "taken").inc(70)
    metrics.events.labels("snowplow", "refused").inc(1)
    one = read("http://f:1", generate_latest(metrics.registry).decode(), READY)
    assert (one.kind, one.events, one.in_hand, one.fault) == ("forward", 71, None, "")


def test_a_worker_that_is_not_ready_says_why() -> None:
    ready = '{"ready": false, "missing": {"broker": "away\\u202e", "database": "slow"}}'
    one = read("http://w:1", generate_latest(WorkerMetrics().registry).decode(), ready)
    assert (one.kind, one.fault) == ("worker", "broker: away\\u202e; database: slow")


@pytest.mark.parametrize("figure", ["NaN", "+Inf", "-Inf"])
@pytest.mark.parametrize(
    "name", ["worker_events_total", "worker_events_in_hand", "worker_batch_age_seconds"]
)
def test_what_is_no_number_is_no_service(name: str, figure: str) -> None:
    kind = "counter" if name.endswith("_total") else "gauge"
    metrics = f"# TYPE {PREFIX}{name} {kind}\n{PREFIX}{name} {figure}\n"
    one = read("http://w:1", metrics, READY)
    assert one.fault == "is no ingest, worker or forward"


@pytest.mark.parametrize(
    "ready",
    [
        '{"missing": [1]}',
        '{"missing": 1}',
        "[]",
        '{"sender_faults": {"x": {"count": 1e999}}}',
        '{"subscriptions": [{"source": "x", "url": "", "age": 1e999}]}',
        '{"missing": ' * 100_000,
    ],
    ids=["list", "number", "no object", "endless", "no age", "deep"],
)
def test_what_answers_something_else_is_no_service(ready: str) -> None:
    one = read("http://w:1", generate_latest(WorkerMetrics().registry).decode(), ready)
    assert one.fault == "is no ingest, worker or forward"


def test_a_worker_says_what_it_has_in_hand() -> None:
    metrics = WorkerMetrics()
    metrics.in_hand.set(1_500)
    metrics.batch_age.set(9.4)
    one = read("http://w:1", generate_latest(metrics.registry).decode(), READY)
    assert (one.in_hand, one.batch_age) == (1_500, 9.4)
    one = read("http://i:1", generate_latest(IngestMetrics().registry).decode(), READY)
    assert (one.in_hand, one.batch_age) == (None, 0.0)


def test_an_ingest_says_which_subscriptions_wait() -> None:
    waits = {"source": "prod", "topic": "a", "url": "https://x\x1b", "age": 4}
    told = [waits, {**waits, "url": ""}, {**waits, "url": None}]
    ready = json.dumps({"ready": True, "missing": {}, "subscriptions": told})
    one = read("http://i:1", generate_latest(IngestMetrics().registry).decode(), ready)
    expected = [Subscription("prod", "https://x\\x1b", 4.0), Subscription("prod", "", 4.0)]
    assert one.subscriptions == expected


def test_an_ingest_says_what_its_senders_do_wrong() -> None:
    series = {"count": 13, "first_age": 99.5, "last_age": 4, "others": True}
    faults = {"token": {**series, "addresses": ["10.0.0.7", "fe80::1%\x1b[2J"]}}
    ready = json.dumps({"ready": True, "missing": {}, "sender_faults": faults})
    one = read("http://i:1", generate_latest(IngestMetrics().registry).decode(), ready)
    addresses = ["10.0.0.7", "fe80::1%\\x1b[2J"]
    assert one.sender_faults == [SenderFault("token", 13, 99.5, 4.0, addresses, others=True)]


@pytest.mark.parametrize("faults", [[], {"token": 3}, {"token": {"count": 3}}, "none"])
def test_an_account_that_nobody_writes_is_no_ingest_s(faults: object) -> None:
    ready = json.dumps({"missing": {}, "sender_faults": faults})
    fault = read("http://i:1", generate_latest(IngestMetrics().registry).decode(), ready).fault
    assert fault == "is no ingest, worker or forward"


def test_another_program_is_said_to_be_one() -> None:
    for metrics, ready in (("<html>", "<html>"), ("", "[]"), ("", "x")):
        fault = read("http://x:1", metrics, ready).fault
        assert fault == "is no ingest, worker or forward"


def test_addresses_are_separated_by_commas() -> None:
    assert addresses(" http://a:1/, http://b:2,, ") == ["http://a:1", "http://b:2"]
    assert addresses("") == []
