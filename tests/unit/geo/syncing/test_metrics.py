from prometheus_client import generate_latest

from geo.copying.counts import Counts
from geo.syncing.metrics import SyncMetrics
from geo.syncing.tally import Tally


def test_figures_are_those_of_now() -> None:
    tally, counts = Tally(), Counts()
    metrics = SyncMetrics(tally, counts)
    tally.became_equal("a")
    tally.has_failed("b", "it is away")
    counts.streamed(42)
    text = generate_latest(metrics.registry).decode()
    assert "registry_events_geo_sync_repositories_equal_total 1.0" in text
    assert "registry_events_geo_sync_repositories_failing 1.0" in text
    assert "registry_events_geo_sync_bytes_copied_total 42.0" in text
