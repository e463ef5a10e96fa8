"""What ingest counts."""

from collections import Counter
from collections.abc import Iterable

from ingest.translation import Translated
from shared.metrics import ANSWER_BUCKETS, Figures, action_label


class IngestMetrics(Figures):
    """Figures of one ingest process."""

    def __init__(self) -> None:
        super().__init__()
        self.requests = self.counter("ingest_requests", "Notifications answered.", "status")
        self.duration = self.histogram(
            "ingest_request_duration_seconds",
            "From a notification's headers to its answer.",
            ANSWER_BUCKETS,
        )
        self.in_flight = self.gauge("ingest_in_flight_requests", "Notifications in hand.")
        self.events = self.counter(
            "ingest_events", "Events confirmed by the broker.", "action", "outcome"
        )
        self.last_event = self.gauge(
            "ingest_last_event_timestamp_seconds", "When an event was last accepted, Unix time."
        )

    def count(self, confirmed: Iterable[Translated]) -> None:
        """Count events that the broker has, or that need no message."""
        kinds = Counter((one.action or "", one.outcome, one.reason) for one in confirmed)
        for (action, outcome, reason), count in kinds.items():
            self.events.labels(action_label(action), outcome).inc(count)
            if reason:
                self.dead_letters.labels(reason).inc(count)
