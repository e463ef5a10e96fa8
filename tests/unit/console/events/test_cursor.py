from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.errors import UnusableError
from console.events.cursor import Cursor
from shared.text import unstorable

MOMENTS = st.datetimes(timezones=st.just(UTC))
TEXTS = st.text().filter(lambda text: not unstorable(text))


@given(occurred_at=MOMENTS, event_id=TEXTS, source=TEXTS)
def test_a_cursor_is_read_as_it_was_written(
    occurred_at: datetime, event_id: str, source: str
) -> None:
    cursor = Cursor(occurred_at, event_id, source)
    assert Cursor.read(str(cursor)) == cursor
    assert str(cursor).replace("-", "").replace("_", "").isalnum()


@given(word=st.text() | st.binary().map(lambda some: some.decode("latin-1")))
def test_any_other_word_is_refused(word: str) -> None:
    with pytest.raises(UnusableError, match="this is no place where a page of events ended"):
        Cursor.read(word)


@pytest.mark.parametrize(
    "word",
    [
        *("W10", "WyIyMDI2LTAxLTAxIl0", "WzEsMl0", "WyIyMDI2LTAxLTAxIiwgImEiXQ"),
        *("WyIyMDI2LTAxLTAxIiwgImEiLCAiXHUwMDAwIl0", "WyIyMDI2LTAxLTAxIiwgMSwgImIiXQ", "bnVsbA"),
    ],
    ids=["empty", "one", "numbers", "two", "nul", "number", "null"],
)
def test_what_is_json_but_no_place_is_refused(word: str) -> None:
    with pytest.raises(UnusableError):
        Cursor.read(word)
