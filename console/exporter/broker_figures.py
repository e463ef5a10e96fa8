"""Figures of the queues. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Final

from prometheus_client import Metric

from console.exporter.family import family
from console.overview.collector import Overview
from console.overview.seen.broker import Broker, Depth
from shared.amqp.dead_letter import Reason
from shared.amqp.topology import DEAD_QUEUE, EVENTS_QUEUE, PULLS_QUEUE

# Beside the reasons that there are.
UNCOUNTED: Final = "uncounted"


def of(seen: Overview, reasons: Mapping[Reason, int]) -> Iterator[Metric]:
    queues = _queues(seen.snapshot.broker)
    yield family(
        "queue_messages",
        "Messages that wait in a queue, in no consumer's hand.",
        "queue",
        {queue: depth.ready for queue, depth in queues.items()},
    )
    yield family(
        "queue_consumers",
        "Consumers of a queue.",
        "queue",
        {queue: depth.consumers for queue, depth in queues.items()},
    )
    oldest = {EVENTS_QUEUE: seen.flow.waiting, DEAD_QUEUE: seen.snapshot.oldest_dead}
    if seen.snapshot.dead == 0:
        oldest[DEAD_QUEUE] = 0.0
    yield family(
        "queue_oldest_seconds",
        "How long the oldest message has waited; of events, in all shards, a bound: none longer.",
        "queue",
        {queue: seconds for queue, seconds in oldest.items() if seconds is not None},
    )
    if seen.snapshot.dead is not None:
        yield family(
            "dead_letters_waiting",
            "Dead letters by reason as they were counted last; uncounted: what is more than these.",
            "reason",
            _by_reason(seen.snapshot.dead, reasons),
        )


def _queues(broker: Broker) -> Mapping[str, Depth]:
    """Each by itself, where a look at the broker has the shards in one."""
    beside = {queue: depth for queue, depth in broker.shards.items() if depth}
    first = broker.events and replace(
        broker.events, ready=broker.events.ready - sum(depth.ready for depth in beside.values())
    )
    known = {EVENTS_QUEUE: first, **beside, DEAD_QUEUE: broker.dead, PULLS_QUEUE: broker.pulls}
    return {queue: depth for queue, depth in known.items() if depth}


def _by_reason(dead: int, reasons: Mapping[Reason, int]) -> Mapping[str, float]:
    counted = {reason.value: reasons.get(reason, 0) for reason in Reason}
    return {**counted, UNCOUNTED: max(dead - sum(counted.values()), 0)}
