"""What forward counts."""

from collections.abc import Sequence

from shared.forward_backlog import Backlog
from shared.metrics import Figures

_BUCKETS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)


class ForwardMetrics(Figures):
    """Figures of one forward process; those of what waits are of all, as the tables have it."""

    def __init__(self) -> None:
        super().__init__()
        self.events = self.counter(
            "forward_events", "Events that a sink took, or refused.", "sink", "outcome"
        )
        self.failures = self.counter(
            "forward_failures", "Batches that a sink did not take, and that are sent again.", "sink"
        )
        self.duration = self.histogram(
            "forward_request_duration_seconds", "From a request to a sink to its answer.", _BUCKETS
        )
        self.waiting = self.gauge(
            "forward_waiting_events", "Events that wait for a sink, 10,000 at most.", "sink"
        )
        self.oldest = self.gauge(
            "forward_oldest_seconds", "How long ago the first that waits was recorded.", "sink"
        )
        self.refused = self.gauge(
            "forward_refused_events", "Events kept since a sink refused them.", "sink"
        )

    def show(self, backlogs: Sequence[Backlog]) -> None:
        for one in backlogs:
            self.waiting.labels(one.sink).set(one.waiting)
            self.oldest.labels(one.sink).set(one.oldest_age or 0.0)
            self.refused.labels(one.sink).set(one.refused)
