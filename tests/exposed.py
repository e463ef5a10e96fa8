"""What each service's /metrics has, by its own registry."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from prometheus_client import CollectorRegistry, Metric
from prometheus_client.metrics import MetricWrapperBase

from console.exporter.figures import ExporterFigures
from console.overview.collector import Overview
from console.overview.flow import Flow
from console.overview.seen.database import Database, Partitions, Reconciled
from console.overview.seen.site import Site
from console.overview.verdict import judge
from forward.metrics import ForwardMetrics
from geo.copying.counts import Counts
from geo.serving.metrics import ServingMetrics
from geo.syncing.metrics import SyncMetrics
from geo.syncing.tally import Tally
from ingest.metrics import IngestMetrics
from shared.forward_backlog import Backlog
from shared.metrics import PREFIX, Figures
from tests.unit.console.overview.seen import make_snapshot
from worker.metrics import WorkerMetrics

_SUFFIXES: Final = {
    "counter": ("_total",),
    "histogram": ("_bucket", "_count", "_sum"),
    "gauge": ("",),
}


class Exposed(NamedTuple):
    """`series` are those that a query may name; `labels` without the `le` of histograms."""

    name: str
    series: Sequence[str]
    labels: Sequence[str]
    text: str


def _exporter() -> Figures:
    """One that has seen something of all there is."""
    database = Database(
        schema=1,
        schema_expected=1,
        partitions=Partitions({"geo_events": 1}),
        forwarding=[Backlog("snowplow")],
        reconciled=[Reconciled("default", "", 1.0)],
        sites=[Site("lima")],
    )
    snapshot = make_snapshot(database=database)
    figures = ExporterFigures()
    figures.show(Overview(snapshot, Flow(), judge(snapshot, Flow())), {})
    return figures


def _of(registry: CollectorRegistry) -> Iterator[Exposed]:
    """Ours, not those of Python and of the process."""
    for collector in registry._collector_to_names:  # noqa: SLF001  the registry tells of samples only
        for metric in collector.collect():
            if metric.name.startswith(PREFIX):
                labels = (
                    collector._labelnames  # noqa: SLF001  a counter without a sample has labels too
                    if isinstance(collector, MetricWrapperBase)
                    else _labels(metric)
                )
                yield _exposed(metric, labels)


def _labels(metric: Metric) -> Sequence[str]:
    return list(dict.fromkeys(label for one in metric.samples for label in one.labels))


def _exposed(metric: Metric, labels: Sequence[str]) -> Exposed:
    suffixes = _SUFFIXES[metric.type]
    name = metric.name + ("_total" if metric.type == "counter" else "")
    series = [metric.name + suffix for suffix in suffixes]
    return Exposed(name, series, [one for one in labels if one != "le"], metric.documentation)


EXPOSED: Final[Mapping[str, Sequence[Exposed]]] = {
    service: sorted(_of(figures.registry))
    for service, figures in {
        "ingest": IngestMetrics(),
        "worker": WorkerMetrics(),
        "forward": ForwardMetrics(),
        "geo serve": ServingMetrics(),
        "geo sync": SyncMetrics(Tally(), Counts()),
        "exporter": _exporter(),
    }.items()
}


def table() -> str:
    """The README's: who shows it, beside the first who does."""
    services: dict[Exposed, list[str]] = {}
    for service, shown in EXPOSED.items():
        for one in shown:
            key = one._replace(series=tuple(one.series), labels=tuple(one.labels))
            services.setdefault(key, []).append(service)
    lines = ["| Metric | Labels | Of | |", "|---|---|---|---|"]
    for one, by in services.items():
        labels = ", ".join(f"`{label}`" for label in one.labels)
        whose = "all" if len(by) == len(EXPOSED) else ", ".join(by)
        lines.append(f"| `{one.name}` | {labels} | {whose} | {one.text} |")
    return "\n".join(lines)
