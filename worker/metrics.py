"""What a worker counts."""

from collections.abc import Sequence
from datetime import UTC, datetime

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from shared.metrics import ANSWER_BUCKETS, PREFIX, action_label, lag_histogram, new_registry
from worker.delivery import Failure
from worker.isolation import Outcome


class WorkerMetrics:
    """Figures of one worker process, with the registry that /metrics shows."""

    def __init__(self) -> None:
        self.registry: CollectorRegistry = new_registry()
        prefix = f"{PREFIX}worker_"
        self.events = Counter(
            f"{prefix}events", "Events settled.", ["action", "outcome"], registry=self.registry
        )
        self.tracking = Counter(
            f"{PREFIX}tracking_events",
            "Tracking events written.",
            ["action"],
            registry=self.registry,
        )
        self.geo = Counter(f"{PREFIX}geo_events", "Geo events written.", registry=self.registry)
        self.duplicates = Counter(
            f"{prefix}duplicates",
            "Events that were recorded already.",
            registry=self.registry,
        )
        self.lag = lag_histogram(
            "event_lag_seconds", "From an event's timestamp to its record.", self.registry
        )
        self.batch_size = Histogram(
            f"{prefix}batch_size",
            "Messages in a batch.",
            buckets=(1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000),
            registry=self.registry,
        )
        self.batch_duration = Histogram(
            f"{prefix}batch_duration_seconds",
            "From a batch's last message to its acknowledgement.",
            buckets=(*ANSWER_BUCKETS, 10, 30, 60, 300),
            registry=self.registry,
        )
        self.dead_letters = Counter(
            f"{PREFIX}dead_letters",
            "Dead letters published by this process.",
            ["reason"],
            registry=self.registry,
        )
        self.publish_failures = Counter(
            f"{PREFIX}publish_failures",
            "Publishes that the broker did not confirm.",
            ["cause"],
            registry=self.registry,
        )
        self.broker_connected = Gauge(
            f"{PREFIX}broker_connected", "1 while connected to the broker.", registry=self.registry
        )

    def count_recorded(self, outcome: Outcome, *, geo_enabled: bool) -> None:
        now = datetime.now(UTC)
        for verdict in outcome.fresh:
            self.events.labels(action_label(verdict.event.action), "recorded").inc()
            self.tracking.labels(verdict.tracking_action).inc()
            self.lag.observe(max((now - verdict.event.timestamp).total_seconds(), 0))
        if geo_enabled:
            self.geo.inc(sum(verdict.geo for verdict in outcome.fresh))
        self.duplicates.inc(outcome.duplicates)

    def count_dead_lettered(self, failures: Sequence[Failure]) -> None:
        for failure in failures:
            self.dead_letters.labels(failure.reason).inc()
            self.events.labels("other", "dead_lettered").inc()
