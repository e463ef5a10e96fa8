from datetime import datetime, timedelta, timezone

import pytest

from console.words.spoken import age, count, duration, rate, unknown


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (None, ""),
        (-3.0, "0 s"),
        (0.0, "0 s"),
        (0.0001, "1 ms"),
        (0.028, "28 ms"),
        (0.949, "949 ms"),
        (0.95, "0.9 s"),
        (3.14, "3.1 s"),
        (9.96, "9 s"),
        (59.9, "59 s"),
        (60, "1 min"),
        (3_599, "59 min"),
        (3_600, "1 h"),
        (7_136.082, "1 h 58 min"),
        (86_399, "23 h 59 min"),
        (172_800, "2 d"),
        (180_000, "2 d 2 h"),
        (200_000_000, "6 y 124 d"),
    ],
)
def test_durations(seconds: float | None, text: str) -> None:
    assert duration(seconds) == text


@pytest.mark.parametrize(
    ("seconds", "text"), [(-1.0, "0 s"), (0.3, "0 s"), (3.9, "3 s"), (59.9, "59 s"), (61, "1 min")]
)
def test_ages_are_in_whole_seconds(seconds: float, text: str) -> None:
    assert age(seconds) == text


@pytest.mark.parametrize(
    ("events", "text"),
    [(0, "0/s"), (0.01, "<0.1/s"), (0.26, "0.3/s"), (9.96, "10/s"), (1_234.4, "1,234/s")],
)
def test_rates(events: float, text: str) -> None:
    assert rate(events) == text


def test_counts() -> None:
    assert count(1, "event") == "1 event"
    assert count(1_204, "event") == "1,204 events"
    assert count(2, "repository", "repositories") == "2 repositories"


def test_what_is_not_known_is_no_figure() -> None:
    assert rate(None) == "-"
    moment = datetime(2026, 11, 24, 13, 3, 10, tzinfo=timezone(timedelta(hours=1)))
    assert unknown(None, moment) == "not known"
    assert unknown(moment, moment) == "not known since 12:03:10 UTC"
    tomorrow = moment + timedelta(days=1)
    assert unknown(moment, tomorrow) == "not known since 2026-11-24 12:03:10 UTC"
