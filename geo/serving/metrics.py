"""What the service counts."""

from shared.metrics import ANSWER_BUCKETS, Figures


class ServingMetrics(Figures):
    """Figures of one process; a path that the service has is a label, and `other` is any else."""

    def __init__(self) -> None:
        super().__init__()
        self.requests = self.counter("geo_serve_requests", "Requests answered.", "path", "status")
        self.duration = self.histogram(
            "geo_serve_request_duration_seconds",
            "From a request's head to its answer, but for those that may wait for a change.",
            ANSWER_BUCKETS,
        )
        self.waiting = self.gauge("geo_serve_waiting_requests", "Requests that wait for a change.")
        self.changes = self.counter("geo_serve_changes", "Changes handed out.")
