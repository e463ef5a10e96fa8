import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.log.gaps import first_gap


@pytest.mark.parametrize(
    ("ids", "after", "until", "gap"),
    [
        ([], 0, 0, None),
        ([], 4, 4, None),
        ([5, 6], 4, 6, None),
        ([], 4, 6, 5),
        ([6], 4, 6, 5),
        ([5], 4, 6, 6),
        ([5, 7], 4, 7, 6),
    ],
    ids=["empty log", "at the end", "all", "nothing", "first", "last", "between"],
)
def test_the_first_id_that_is_missing(
    ids: list[int], after: int, until: int, gap: int | None
) -> None:
    assert first_gap(ids, after, until) == gap


@given(st.integers(0, 50), st.sets(st.integers(0, 30)), st.integers(0, 30))
def test_it_is_the_lowest_that_is_not_there(after: int, away: set[int], length: int) -> None:
    expected = range(after + 1, after + length + 1)
    ids = [one for one in expected if one - after not in away]
    missing = sorted(set(expected) - set(ids))
    assert first_gap(ids, after, after + length) == (missing[0] if missing else None)
