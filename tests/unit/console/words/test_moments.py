import time
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.errors import UnusableError
from console.words.moments import Clock, age, moment

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
        (-5, "0 s"),
        (59, "59 s"),
        (190, "3 min"),
        (11_520, "3 h 12 min"),
        (187_200, "2 d 4 h"),
        (-90_000, "clock?"),
        (739_579 * 86_400, "clock?"),
    ],
)
def test_an_age_is_in_words(seconds: int, expected: str) -> None:
    assert age(NOW - timedelta(seconds=seconds), now=NOW) == expected


def test_no_time_has_no_age() -> None:
    assert age(None, now=NOW) == "-"


@pytest.mark.parametrize(
    ("then", "short", "full"),
    [
        (NOW, "12:00:00", "2026-03-01 12:00:00 UTC"),
        (NOW - timedelta(hours=13), "2026-02-28 23:00", "2026-02-28 23:00:00 UTC"),
        (NOW.replace(year=2025), "2025-03-01 12:00", "2025-03-01 12:00:00 UTC"),
        (None, "-", "-"),
    ],
    ids=["today", "yesterday", "last-year", "unknown"],
)
def test_a_moment_of_another_day_has_its_date(then: datetime | None, short: str, full: str) -> None:
    clock = Clock(NOW)
    assert (clock.short(then), clock.full(then)) == (short, full)


def test_another_zone_has_another_day() -> None:
    east = Clock(NOW, timezone(timedelta(hours=13, minutes=45), "CHADT"))
    assert east.zone_name == "UTC+13:45"
    assert east.short(NOW) == "01:45:00"
    assert east.short(NOW - timedelta(hours=2)) == "2026-03-01 23:45"
    assert east.full(NOW) == "2026-03-02 01:45:00 UTC+13:45"
    assert east.read("2026-03-01T12:00:00") == "2026-03-02 01:45:00 UTC+13:45"
    assert east.read("yesterday") == "yesterday"


@given(st.datetimes(timezones=st.just(UTC)), st.integers(-23, 23))
def test_any_moment_is_shown_in_any_zone(then: datetime, hours: int) -> None:
    clock = Clock(NOW, timezone(timedelta(hours=hours)))
    assert clock.short(then)
    assert clock.full(then).count("UTC") == 1
    assert age(then, now=NOW)


def test_the_local_zone_is_that_of_tz(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "<-0330>3:30")
    time.tzset()
    try:
        assert Clock.of(local=True).zone_name == "UTC-03:30"
        assert Clock.of(local=False).zone_name == "UTC"
    finally:
        monkeypatch.undo()
        time.tzset()
