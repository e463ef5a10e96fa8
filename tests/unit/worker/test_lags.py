from hypothesis import given
from hypothesis import strategies as st
from prometheus_client import CollectorRegistry, Histogram, generate_latest

from shared.metrics import LAG_BUCKETS
from worker.lags import LagHistogram

LAGS = st.floats(0, 1e8) | st.sampled_from(LAG_BUCKETS)


@given(st.lists(st.lists(LAGS)))
def test_lags_are_shown_as_by_the_histogram_that_takes_them_one_by_one(
    batches: list[list[float]],
) -> None:
    ours, theirs = CollectorRegistry(), CollectorRegistry()
    lags = LagHistogram("lag_seconds", "Text.", ours)
    one_by_one = Histogram("lag_seconds", "Text.", buckets=LAG_BUCKETS, registry=theirs)
    for batch in batches:
        lags.observe(batch)
        for seconds in batch:
            one_by_one.observe(seconds)
    expected = generate_latest(theirs).splitlines()
    assert generate_latest(ours).splitlines() == [one for one in expected if b"_created" not in one]
