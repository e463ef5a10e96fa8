"""What every service's /metrics has in common: names, buckets, and labels of few values.

Never a repository, tag, digest, actor or event id as a label: their number has no bound.
"""

from importlib.metadata import version
from platform import python_version
from typing import Final

from prometheus_client import CollectorRegistry, Gauge, Histogram
from prometheus_client.gc_collector import GCCollector
from prometheus_client.process_collector import ProcessCollector

PREFIX: Final = "registry_events_"
LAG_BUCKETS: Final = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800, 3600, 21600, 86400)
# 0.5 s is the timeout in the registry's own example: a bucket ends there.
ANSWER_BUCKETS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.4, 0.5, 1, 2.5, 5)
KNOWN_ACTIONS: Final = frozenset({"push", "pull", "mount", "delete"})


def new_registry() -> CollectorRegistry:
    """A registry of this process's own figures; the default one is global state."""
    registry = CollectorRegistry()
    ProcessCollector(registry=registry)
    GCCollector(registry=registry)
    Gauge(
        f"{PREFIX}build_info",
        "Version of the running program.",
        ["version", "python"],
        registry=registry,
    ).labels(version("registry-events"), python_version()).set(1)
    return registry


def action_label(action: str) -> str:
    """The registry's verb, or `other`: senders may invent verbs without end."""
    return action if action in KNOWN_ACTIONS else "other"


def lag_histogram(name: str, text: str, registry: CollectorRegistry) -> Histogram:
    return Histogram(f"{PREFIX}{name}", text, buckets=LAG_BUCKETS, registry=registry)
