"""Which partitions are made and which are dropped."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.partitions.months import Range, ahead, month_of
from shared.partitions.partition import Partition, Standing
from shared.partitions.plan import TRACKING, to_drop, to_make

NOW = datetime(2026, 11, 28, 23, 59, tzinfo=UTC)
MOMENTS = st.datetimes(
    datetime(1, 1, 1),  # noqa: DTZ001  hypothesis wants it so
    datetime(9999, 11, 30),  # noqa: DTZ001  hypothesis wants it so
    timezones=st.just(UTC),
)


def month(year: int, number: int) -> Range:
    return month_of(datetime(year, number, 1, tzinfo=UTC))


def standing(*ranges: Range, waiting: Sequence[datetime] = (), **changes: datetime) -> Standing:
    partitions = [Partition(TRACKING, f"p{number}", one, 0, 0) for number, one in enumerate(ranges)]
    return Standing(partitions, {TRACKING: waiting}, changes)


@given(MOMENTS)
def test_each_moment_is_of_one_month_and_the_next_one_follows(moment: datetime) -> None:
    first, until = month_of(moment)
    assert first <= moment < until
    assert month_of(until - timedelta(microseconds=1)) == (first, until)


def test_this_month_and_the_next_two_are_made_over_the_end_of_a_year() -> None:
    assert ahead(NOW) == [month(2026, 11), month(2026, 12), month(2027, 1)]
    assert to_make(standing(), TRACKING, NOW) == ahead(NOW)
    assert to_make(standing(*ahead(NOW)), TRACKING, NOW) == []


def test_one_that_covers_many_months_leaves_none_of_them_to_be_made() -> None:
    before = Range(datetime(2025, 3, 1, tzinfo=UTC), datetime(2026, 12, 1, tzinfo=UTC))
    waiting = [datetime(2025, 5, 1, tzinfo=UTC)]
    made = to_make(standing(before, waiting=waiting), TRACKING, NOW)
    assert made == [month(2026, 12), month(2027, 1)]


def test_what_waits_in_the_default_partition_gets_its_own() -> None:
    waiting = [datetime(2026, 6, 1, tzinfo=UTC)]
    made = to_make(standing(*ahead(NOW), waiting=waiting), TRACKING, NOW)
    assert made == [month(2026, 6)]


def test_what_was_dropped_is_not_made_again() -> None:
    waiting = [datetime(2026, 5, 1, tzinfo=UTC), datetime(2026, 7, 1, tzinfo=UTC)]
    kept_from = datetime(2026, 7, 1, tzinfo=UTC)
    seen = standing(*ahead(NOW), waiting=waiting, tracking_events=kept_from)
    assert to_make(seen, TRACKING, NOW) == [month(2026, 7)]


@pytest.mark.parametrize(
    ("days", "dropped"),
    [
        pytest.param(None, [], id="without a retention"),
        pytest.param(27.9, ["p0", "p1"], id="a month that ended just so long ago"),
        pytest.param(28.5, ["p0"], id="one that ended later"),
        pytest.param(100, [], id="all are younger"),
    ],
)
def test_only_what_is_wholly_older_is_dropped(days: float | None, dropped: Sequence[str]) -> None:
    seen = standing(month(2026, 9), month(2026, 10), month(2026, 11))
    kept = None if days is None else timedelta(days=days)
    assert [one.name for one in to_drop(seen, TRACKING, NOW, kept)] == dropped


@given(MOMENTS, st.floats(1, 4_000))
def test_no_moment_that_is_kept_is_of_a_partition_that_goes(now: datetime, days: float) -> None:
    if now.year < 20:
        return
    kept = timedelta(days=days)
    seen = standing(*ahead(now - kept))
    assert not [one for one in to_drop(seen, TRACKING, now, kept) if one.range.until > now - kept]
