"""What every service's /metrics has in common: names, buckets, and labels of few values.

Never a repository, tag, digest, actor or event id as a label: their number has no bound.
"""

from collections.abc import Sequence
from importlib.metadata import version
from platform import python_version
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.gc_collector import GCCollector
from prometheus_client.process_collector import ProcessCollector

PREFIX: Final = "registry_events_"
LAG_BUCKETS: Final = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800, 3600, 21600, 86400)
# 0.5 s is the timeout in the registry's own example: a bucket ends there.
ANSWER_BUCKETS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.4, 0.5, 1, 2.5, 5)
OTHER: Final = "other"
KNOWN_ACTIONS: Final = frozenset({"push", "pull", "mount", "delete", "rename"})


class Figures:
    """The figures of one process, in a registry of its own: the default one is global state."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        GCCollector(registry=self.registry)
        build = self.gauge("build_info", "Version of the running program.", "version", "python")
        build.labels(version("registry-events"), python_version()).set(1)

    def counter(self, name: str, text: str, *labels: str) -> Counter:
        return Counter(PREFIX + name, text, labels, registry=self.registry)

    def gauge(self, name: str, text: str, *labels: str) -> Gauge:
        return Gauge(PREFIX + name, text, labels, registry=self.registry)

    def histogram(self, name: str, text: str, buckets: Sequence[float]) -> Histogram:
        return Histogram(PREFIX + name, text, buckets=buckets, registry=self.registry)


class BrokerFigures(Figures):
    """Those of a process that publishes."""

    def __init__(self) -> None:
        super().__init__()
        self.dead_letters = self.counter(
            "dead_letters", "Dead letters published by this process.", "reason"
        )
        self.publish_failures = self.counter(
            "publish_failures", "Publishes that the broker did not confirm.", "cause"
        )
        self.broker_connected = self.gauge("broker_connected", "1 while connected to the broker.")


class FirstSeen:
    """Values of a label that has no more than `most` of them: what comes later is `other`."""

    def __init__(self, *values: str, most: int) -> None:
        self._seen = set(values)
        self._most = most

    def label(self, value: str) -> str:
        if value not in self._seen:
            if len(self._seen) >= self._most:
                return OTHER
            self._seen.add(value)
        return value


def action_label(action: str) -> str:
    """The registry's verb, or `other`: senders may invent verbs without end."""
    return action if action in KNOWN_ACTIONS else OTHER
