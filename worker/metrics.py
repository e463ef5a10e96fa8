"""What a worker counts."""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime

import prometheus_client as prometheus

from shared.metrics import ANSWER_BUCKETS, PREFIX, action_label, lag_histogram, new_registry
from worker.delivery import Failure
from worker.isolation import Outcome


class WorkerMetrics:
    """Figures of one worker process, with the registry that /metrics shows."""

    def __init__(self) -> None:
        self.registry: prometheus.CollectorRegistry = new_registry()
        prefix = f"{PREFIX}worker_"
        self.events = prometheus.Counter(
            f"{prefix}events", "Events settled.", ["action", "outcome"], registry=self.registry
        )
        self.tracking = prometheus.Counter(
            f"{PREFIX}tracking_events",
            "Tracking events written.",
            ["action"],
            registry=self.registry,
        )
        self.geo = prometheus.Counter(
            f"{PREFIX}geo_events", "Geo events written.", registry=self.registry
        )
        self.duplicates = prometheus.Counter(
            f"{prefix}duplicates",
            "Events that were recorded already.",
            registry=self.registry,
        )
        self.lag = lag_histogram(
            "event_lag_seconds", "From an event's timestamp to its record.", self.registry
        )
        self.batch_size = prometheus.Histogram(
            f"{prefix}batch_size",
            "Messages in a batch.",
            buckets=(1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000),
            registry=self.registry,
        )
        self.batch_duration = prometheus.Histogram(
            f"{prefix}batch_duration_seconds",
            "From a batch's last message to its acknowledgement.",
            buckets=(*ANSWER_BUCKETS, 10, 30, 60, 300),
            registry=self.registry,
        )
        self.dead_letters = prometheus.Counter(
            f"{PREFIX}dead_letters",
            "Dead letters published by this process.",
            ["reason"],
            registry=self.registry,
        )
        self.publish_failures = prometheus.Counter(
            f"{PREFIX}publish_failures",
            "Publishes that the broker did not confirm.",
            ["cause"],
            registry=self.registry,
        )
        self.broker_connected = prometheus.Gauge(
            f"{PREFIX}broker_connected", "1 while connected to the broker.", registry=self.registry
        )

    def count_recorded(self, outcome: Outcome, *, geo_enabled: bool) -> None:
        now = datetime.now(UTC)
        for action, count in Counter(verdict.event.action for verdict in outcome.fresh).items():
            self.events.labels(action_label(action), "recorded").inc(count)
        for verb, count in Counter(verdict.tracking_action for verdict in outcome.fresh).items():
            self.tracking.labels(verb).inc(count)
        for verdict in outcome.fresh:
            self.lag.observe(max((now - verdict.event.timestamp).total_seconds(), 0))
        if geo_enabled:
            self.geo.inc(sum(verdict.geo for verdict in outcome.fresh))
        self.duplicates.inc(outcome.duplicates)

    def count_dead_lettered(self, failures: Sequence[Failure]) -> None:
        for failure in failures:
            self.dead_letters.labels(failure.reason).inc()
            self.events.labels("other", "dead_lettered").inc()
