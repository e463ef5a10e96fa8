from datetime import UTC, datetime, timedelta

import pytest

from console.events.periods import NONE, Period, totals

NOW = datetime(2026, 3, 1, 0, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("period", "begin"),
    [
        (Period.DAY, datetime(2026, 2, 28, 1, tzinfo=UTC)),
        (Period.WEEK, datetime(2026, 2, 23, tzinfo=UTC)),
        (Period.QUARTER, datetime(2025, 12, 2, tzinfo=UTC)),
    ],
    ids=lambda value: value.value if isinstance(value, Period) else "",
)
def test_the_last_step_is_that_of_now(period: Period, begin: datetime) -> None:
    assert period.begin(NOW) == begin
    last, _ = period.filled(begin, {})[-1]
    assert last <= NOW < last + period.step


def test_steps_without_an_event_are_there() -> None:
    begin = Period.WEEK.begin(NOW)
    second = begin + timedelta(days=1)
    known = {**NONE, "pushes": 2}
    steps = Period.WEEK.filled(begin, {second: known})
    assert [counts for _, counts in steps] == [NONE, known, *[NONE] * 5]
    assert totals(steps) == known
