"""What ingest counts."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from shared.metrics import ANSWER_BUCKETS, PREFIX, new_registry


class IngestMetrics:
    """Figures of one ingest process, with the registry that /metrics shows."""

    def __init__(self) -> None:
        self.registry: CollectorRegistry = new_registry()
        prefix = f"{PREFIX}ingest_"
        self.requests = Counter(
            f"{prefix}requests", "Notifications answered.", ["status"], registry=self.registry
        )
        self.duration = Histogram(
            f"{prefix}request_duration_seconds",
            "From a notification's headers to its answer.",
            buckets=ANSWER_BUCKETS,
            registry=self.registry,
        )
        self.in_flight = Gauge(
            f"{prefix}in_flight_requests", "Notifications in hand.", registry=self.registry
        )
        self.events = Counter(
            f"{prefix}events",
            "Events confirmed by the broker.",
            ["action", "outcome"],
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
        self.last_event = Gauge(
            f"{prefix}last_event_timestamp_seconds",
            "When an event was last accepted, Unix time.",
            registry=self.registry,
        )
        self.broker_connected = Gauge(
            f"{PREFIX}broker_connected", "1 while connected to the broker.", registry=self.registry
        )
