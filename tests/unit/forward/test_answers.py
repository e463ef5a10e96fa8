from datetime import UTC, datetime

import pytest

from forward.answers import Meaning, meaning, wait

NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("statuses", "meant"),
    [
        ([200, 201, 202, 204], Meaning.TAKEN),
        ([400, 409, 411, 413, 415, 422], Meaning.REFUSED),
        # Nobody is followed, and nothing is lost to a token that was rotated away.
        ([301, 307, 401, 403, 404, 405, 407, 408, 410, 429, 500, 502, 503, 599], Meaning.LATER),
    ],
    ids=["taken", "refused", "later"],
)
def test_what_an_answer_means(statuses: list[int], meant: Meaning) -> None:
    assert {meaning(status) for status in statuses} == {meant}


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        (None, None),
        ("", None),
        ("soon", None),
        ("-5", None),
        ("1.5", None),
        ("٣", None),
        ("0", 1.0),
        (" 120 ", 120.0),
        ("9" * 400, 3600.0),
        ("Tue, 24 Nov 2026 03:01:30 GMT", 90.0),
        ("Tue, 24 Nov 2026 02:00:00 GMT", 1.0),
        ("Tue, 24 Nov 2026 03:01:30 -0000", 90.0),
        ("Tue, 99 Nov 2026 03:01:30 GMT", None),
    ],
    ids=repr,
)
def test_a_collector_is_left_alone_for_as_long_as_it_asks(
    header: str | None, seconds: float | None
) -> None:
    assert wait(header, NOW) == seconds
