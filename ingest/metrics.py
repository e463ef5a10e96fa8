"""What ingest counts."""

from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cache

from ingest.translation import Outcome, Translated
from shared.metrics import ANSWER_BUCKETS, BrokerFigures, action_label
from shared.origin import DEFAULT_SOURCE


class IngestMetrics(BrokerFigures):
    """Figures of one ingest process."""

    def __init__(self) -> None:
        super().__init__()
        self.requests = self.counter(
            "ingest_requests", "Notifications answered.", "status", "source"
        )
        self.duration = self.histogram(
            "ingest_request_duration_seconds",
            "From a notification's headers to its answer.",
            ANSWER_BUCKETS,
        )
        self.in_flight = self.gauge("ingest_in_flight_requests", "Notifications in hand.")
        self.events = self.counter(
            "ingest_events", "Events confirmed by the broker.", "action", "outcome", "source"
        )
        self.last_event_at = 0.0
        last_event = self.gauge(
            "ingest_last_event_timestamp_seconds", "When an event was last accepted, Unix time."
        )
        last_event.set_function(lambda: self.last_event_at)
        # To find a figure by its labels costs more than to count.
        self._requests = cache(self.requests.labels)
        self._events = cache(self.events.labels)

    def answered(self, status: int, seconds: float, source: str = DEFAULT_SOURCE) -> None:
        """Count an answer; `source` is one that is configured, of which there are few."""
        self._requests(status, source).inc()
        self.duration.observe(seconds)

    def count(self, outcome: Outcome, actions: Iterable[str | None], source: str) -> None:
        """Count events that the broker has, or that need no message, by their actions."""
        labels = [action_label(action or "") for action in actions]
        for label in set(labels):
            self._events(label, outcome, source).inc(labels.count(label))

    def count_dead(self, dead: Sequence[Translated], source: str) -> None:
        """Count dead letters that the broker has."""
        self.count(Outcome.DEAD_LETTERED, [one.action for one in dead], source)
        for reason, count in Counter(one.reason for one in dead).items():
            self.dead_letters.labels(reason).inc(count)
