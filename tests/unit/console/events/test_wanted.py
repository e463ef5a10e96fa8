from fnmatch import fnmatchcase

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.events.wanted import Conditions, Wanted, in_kind, in_place
from console.words.globs import like, literal


def test_what_is_given_is_never_in_the_statement() -> None:
    conditions = Conditions(first=3)
    wanted = Wanted("'; --", tag="'; --", source="'; --")
    in_kind(conditions, wanted)
    in_place(conditions, wanted)
    assert str(conditions) == "tag = $3 AND registry_source = $4 AND repository = $5"
    assert conditions.values == ["'; --"] * 3
    assert conditions.next == "$6"


def test_nothing_wanted_is_no_condition() -> None:
    conditions = Conditions()
    in_kind(conditions, Wanted())
    assert str(conditions) == "true"
    assert not Wanted()


@pytest.mark.parametrize(
    ("glob", "pattern", "begin"),
    [
        ("team/*", "team/%", "team/"),
        ("*/app", "%/app", ""),
        ("te?m", "te_m", "te"),
        ("100%_\\*", r"100\%\_\\%", "100%_\\"),
        ("a\x00*", r"a\\x00%", r"a\x00"),
    ],
    ids=["prefix", "suffix", "sign", "escaped", "nul"],
)
def test_a_glob_is_a_pattern_and_how_it_begins(glob: str, pattern: str, begin: str) -> None:
    assert (like(glob), literal(glob)) == (pattern, begin)


@given(glob=st.text("ab*?"), text=st.text("ab"))
def test_all_that_matches_begins_so(glob: str, text: str) -> None:
    if fnmatchcase(text, glob):
        assert text.startswith(literal(glob))
