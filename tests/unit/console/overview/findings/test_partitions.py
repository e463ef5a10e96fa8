"""What an operator is told of partitions."""

import pytest

from console.overview.findings.finding import State
from console.overview.findings.partitions import partition_findings
from console.overview.seen.database import Partitions

CASES = {
    "none is there for next week": (
        Partitions(missing=["tracking_events", "geo_events"]),
        (
            "tracking_events and geo_events: no partition is there for next week, which workers "
            "make months ahead; all is recorded, in the default partition. `registry-events "
            "maintain` makes them, or says why it cannot"
        ),
    ),
    "one event is in none of a month": (
        Partitions(outside=1, newest_age=61.0),
        (
            "1 event of the last 24 hours stands in the default partition of tracking_events (last "
            "1 min ago): by an absurd clock, or before a partition was made; what `registry-events "
            "maintain` leaves there is of absurd clocks"
        ),
    ),
}


@pytest.mark.parametrize(("seen", "text"), CASES.values(), ids=CASES.keys())
def test_what_is_found(seen: Partitions, text: str) -> None:
    (finding,) = partition_findings(seen)
    assert (finding.state, finding.text) == (State.DEGRADED, text)


def test_nothing_is_found_where_all_is_as_it_should_be() -> None:
    assert not list(partition_findings(Partitions()))
