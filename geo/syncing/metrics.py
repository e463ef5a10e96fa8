"""What geo sync counts."""

from collections.abc import Iterator

from prometheus_client.core import CounterMetricFamily
from prometheus_client.registry import Collector

from geo.copying.counts import Counts
from geo.syncing.tally import Tally
from shared.metrics import PREFIX, Figures


class SyncMetrics(Figures):
    """Figures of one process."""

    def __init__(self, tally: Tally, counts: Counts) -> None:
        super().__init__()
        self.registry.register(_Done(tally, counts))
        self.gauge(
            "geo_sync_repositories_failing", "Repositories whose last attempt here failed."
        ).set_function(lambda: len(tally.failing))


class _Done(Collector):
    """What is counted anyway is not counted twice."""

    def __init__(self, tally: Tally, counts: Counts) -> None:
        self._tally, self._counts = tally, counts

    def collect(self) -> Iterator[CounterMetricFamily]:
        counts = self._counts
        for name, text, value in (
            ("repositories_equal", "Repositories made equal.", self._tally.equal),
            ("blobs_copied", "Blobs streamed to the secondary.", counts.blobs),
            ("blobs_mounted", "Blobs mounted at the secondary.", counts.mounted),
            ("bytes_copied", "Bytes of blobs streamed, also in vain.", counts.bytes),
            ("manifests_copied", "Manifests put to the secondary.", counts.manifests),
            ("tags_deleted", "Tags deleted at the secondary.", counts.deleted),
        ):
            yield CounterMetricFamily(f"{PREFIX}geo_sync_{name}", text, value)
