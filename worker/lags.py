"""The histogram of lags, which takes those of a whole batch at once.

prometheus-client's own takes each by itself, with two locks and a search: as long as to judge an
event and to make its rows.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from itertools import accumulate

from prometheus_client import CollectorRegistry, Metric
from prometheus_client.core import HistogramMetricFamily
from prometheus_client.registry import Collector
from prometheus_client.utils import floatToGoString

from shared.metrics import LAG_BUCKETS


class LagHistogram(Collector):
    """Lags in seconds, in LAG_BUCKETS."""

    def __init__(self, name: str, text: str, registry: CollectorRegistry) -> None:
        self._name = name
        self._text = text
        self._counts = [0] * (len(LAG_BUCKETS) + 1)
        self._sum = 0.0
        registry.register(self)

    def observe(self, lags: Iterable[float]) -> None:
        for seconds in lags:
            self._counts[bisect_left(LAG_BUCKETS, seconds)] += 1
            self._sum += seconds

    def collect(self) -> Iterator[Metric]:
        bounds = [*map(floatToGoString, LAG_BUCKETS), "+Inf"]
        buckets = list(zip(bounds, accumulate(self._counts), strict=True))
        yield HistogramMetricFamily(self._name, self._text, buckets, sum_value=self._sum)
