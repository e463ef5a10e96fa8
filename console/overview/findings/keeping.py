"""What is to be kept and is not. Pure."""

from collections.abc import Iterator

from console.overview.findings.finding import Finding, State
from console.overview.seen.broker import Broker
from shared.amqp.kept import KEPT_QUEUE


def keeping_findings(broker: Broker) -> Iterator[Finding]:
    if broker.lacks_stream:
        yield Finding(
            State.DEGRADED,
            f"nothing is kept for a replay: the stream {KEPT_QUEUE} does not exist; start an "
            "ingest with REGISTRY_EVENTS_KEEP, it declares it",
        )
