"""Which clocks are believed."""

from datetime import UTC, datetime, timedelta

import pytest

from shared.lag import lag

NOW = datetime(2026, 11, 25, 6, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("behind", "seconds"),
    [
        (timedelta(milliseconds=28), 0.028),
        (timedelta(days=365), 31_536_000.0),
        (timedelta(days=365, seconds=1), None),
        (timedelta(seconds=-7), 0.0),
        (timedelta(days=-1), 0.0),
        (timedelta(days=-1, seconds=-1), None),
    ],
)
def test_a_clock_is_believed_up_to_a_year_behind_and_a_day_ahead(
    behind: timedelta, seconds: float | None
) -> None:
    assert lag(NOW - behind, NOW) == seconds


@pytest.mark.parametrize("year", [1, 1970, 9999])
def test_what_can_be_written_has_an_answer(year: int) -> None:
    assert lag(datetime(year, 1, 2, tzinfo=UTC), NOW) is None
