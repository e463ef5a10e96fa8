from datetime import UTC, datetime, timedelta

import pytest

from geo.log.change import Change
from geo.syncing.follower import unsettled

NOW = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("age", "seconds"),
    [(0.0, 1.0), (0.25, 0.75), (1.0, 0.0), (60.0, 0.0), (-3600.0, 1.0)],
    ids=["now", "a quarter ago", "a second ago", "long ago", "by a clock that is ahead"],
)
def test_a_change_is_left_alone_for_a_second(age: float, seconds: float) -> None:
    recorded = NOW - timedelta(seconds=age)
    change = Change(1, "default", "a", "push", recorded, recorded)
    assert unsettled([change], NOW) == pytest.approx(seconds)
