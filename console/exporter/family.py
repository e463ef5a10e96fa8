"""A gauge of one label, as prometheus-client has it. Pure."""

from collections.abc import Mapping

from prometheus_client.core import GaugeMetricFamily

from shared.metrics import PREFIX


def family(name: str, text: str, label: str, values: Mapping[str, float]) -> GaugeMetricFamily:
    """A mapping, since of two samples with the same label Prometheus takes none."""
    made = GaugeMetricFamily(PREFIX + name, text, labels=[label])
    for value, figure in values.items():
        made.add_metric([value], figure)
    return made


def single(name: str, text: str, figure: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(PREFIX + name, text, value=figure)
