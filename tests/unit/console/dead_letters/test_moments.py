from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.dead_letters.errors import UnusableError
from console.dead_letters.moments import age, moment

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("10m", NOW - timedelta(minutes=10)),
        ("3h", NOW - timedelta(hours=3)),
        ("2d", NOW - timedelta(days=2)),
        ("1w", NOW - timedelta(weeks=1)),
        ("90 s", NOW - timedelta(seconds=90)),
        ("2026-03-01", datetime(2026, 3, 1, tzinfo=UTC)),
        ("2026-03-01T10:00", datetime(2026, 3, 1, 10, tzinfo=UTC)),
        ("2026-03-01T10:00+02:00", datetime(2026, 3, 1, 8, tzinfo=UTC)),
    ],
)
def test_ages_and_times(text: str, expected: datetime) -> None:
    assert moment(text, now=NOW) == expected


@pytest.mark.parametrize("text", ["", "yesterday", "10", "h", "-3h", "999999999w", "2026-13-01"])
def test_other_texts_are_refused(text: str) -> None:
    with pytest.raises(UnusableError, match="neither an age"):
        moment(text, now=NOW)


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        (-5, "0s"),
        (0, "0s"),
        (59, "59s"),
        (60, "1m"),
        (190, "3m10s"),
        (11_520, "3h12m"),
        (187_200, "2d4h"),
    ],
)
def test_an_age_has_two_units(seconds: int, expected: str) -> None:
    assert age(NOW - timedelta(seconds=seconds), now=NOW) == expected


@given(st.integers(1, 23), st.sampled_from("smh"))
def test_a_whole_unit_is_shown_as_it_is_written(number: int, unit: str) -> None:
    assert age(moment(f"{number}{unit}", now=NOW), now=NOW) == f"{number}{unit}"


def test_no_time_has_no_age() -> None:
    assert age(None, now=NOW) == "-"
