from datetime import UTC, datetime

import pytest

from shared import retry_after

NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)


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
def test_a_server_is_left_alone_for_as_long_as_it_asks(
    header: str | None, seconds: float | None
) -> None:
    assert retry_after.seconds(header, NOW) == seconds
