"""What a worker counts."""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

from prometheus_client import Counter as PrometheusCounter

from shared.amqp.topology import action_of
from shared.event import PULL, Event
from shared.lag import lag
from shared.metrics import ANSWER_BUCKETS, PREFIX, BrokerFigures, FirstSeen, action_label
from shared.origin import DEFAULT_SOURCE
from worker.delivery import Failure, origin
from worker.isolation import Outcome
from worker.lags import LagHistogram
from worker.verdicts import Verdict

# An operator names them, but messages of others may be in the queue too.
_SOURCES: Final = 100
_SIZE_BUCKETS: Final = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000)


class WorkerMetrics(BrokerFigures):
    """Figures of one worker process."""

    def __init__(self) -> None:
        super().__init__()
        self.events = self.counter(
            "worker_events", "Events settled.", "action", "outcome", "source"
        )
        self._sources = FirstSeen(DEFAULT_SOURCE, most=_SOURCES)
        self.tracking = self.counter("tracking_events", "Tracking events written.", "action")
        self.geo = self.counter("geo_events", "Geo events written.")
        self.duplicates = self.counter("worker_duplicates", "Events that were recorded already.")
        self.expired = self.counter(
            "worker_expired_events",
            "Events not recorded: they are of a time whose partition was dropped.",
        )
        self.duplicate_pulls = self.counter(
            "worker_duplicate_pulls", "Pulls that were counted already, or name no repository."
        )
        self.conflicts = self.counter(
            "worker_conflicting_events",
            "Events whose id and time are recorded with another content: their sender reuses ids.",
        )
        self.lag = LagHistogram(
            f"{PREFIX}event_lag_seconds", "From an event's timestamp to its record.", self.registry
        )
        self.absurd_clocks = self.counter(
            "worker_absurd_clocks", "Events recorded without a lag: their own clock is absurd."
        )
        self.in_hand = self.gauge(
            "worker_events_in_hand", "Events delivered to this worker and not settled yet."
        )
        self.batch_age = self.gauge(
            "worker_batch_age_seconds", "Age of the batch that is being recorded, 0 without one."
        )
        self.batch_size = self.histogram("worker_batch_size", "Messages in a batch.", _SIZE_BUCKETS)
        self.batch_duration = self.histogram(
            "worker_batch_duration_seconds",
            "From a batch's last message to its acknowledgement.",
            (*ANSWER_BUCKETS, 10, 30, 60, 300),
        )

    def count_recorded(self, outcome: Outcome[Verdict], *, geo_enabled: bool) -> None:
        now = datetime.now(UTC)
        events = [*outcome.renames, *(verdict.event for verdict in outcome.fresh)]
        settled = Counter((event.action, event.origin.source) for event in events)
        for (action, source), count in settled.items():
            self._settled(action, "recorded", source).inc(count)
        for verb, count in Counter(verdict.tracking_action for verdict in outcome.fresh).items():
            self.tracking.labels(verb).inc(count)
        lags = [lag(event.timestamp, now) for event in events]
        believed = [seconds for seconds in lags if seconds is not None]
        self.lag.observe(believed)
        self.absurd_clocks.inc(len(lags) - len(believed))
        if geo_enabled:
            geo = sum(verdict.geo for verdict in outcome.fresh)
            self.geo.inc(geo + outcome.relocations)
        self.duplicates.inc(outcome.duplicates)
        self.expired.inc(outcome.expired)
        self.conflicts.inc(len(outcome.conflicts))

    def count_pulls(self, outcome: Outcome[Event]) -> None:
        """Those that are counted, and those that were before."""
        for source, count in Counter(event.origin.source for event in outcome.fresh).items():
            self._settled(PULL, "counted", source).inc(count)
        self.duplicate_pulls.inc(outcome.duplicates)

    def count_dead_lettered(self, failures: Sequence[Failure]) -> None:
        for failure in failures:
            self.dead_letters.labels(failure.reason).inc()
            action = action_of(failure.delivery.routing_key)
            source = origin(failure.delivery).source
            self._settled(action, "dead_lettered", source).inc()

    def _settled(self, action: str, outcome: str, source: str) -> PrometheusCounter:
        return self.events.labels(action_label(action), outcome, self._sources.label(source))
