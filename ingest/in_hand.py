"""What is in hand at once, of all routes together: notifications, and bytes of their bodies."""

from ingest.budget import ByteBudget
from ingest.metrics import IngestMetrics


class InHand:
    """`count` is up to whoever takes a notification into his hand, and gives it away."""

    def __init__(self, metrics: IngestMetrics, *, most: int, most_bytes: int) -> None:
        self.count = 0
        self.most = most
        self.bytes = ByteBudget(most_bytes)
        metrics.in_flight.set_function(lambda: self.count)
