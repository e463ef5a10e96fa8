from collections.abc import Sequence
from datetime import datetime

from hypothesis import given
from hypothesis import strategies as st

from geo.reconciling.renames import Rename, Renames, Spell
from tests.unit.geo.reconciling.factories import at


def renames(*stories: tuple[float, str, str]) -> Renames:
    return Renames(
        [Rename(before, after, at(minute), f"r{minute}") for minute, before, after in stories]
    )


def spells(moved: Renames, path: str) -> set[tuple[str, datetime | None, datetime | None]]:
    found = list(moved.spells(path))
    assert {one.path for one in found} <= {path}
    return {(one.name, one.since, one.until) for one in found}


def test_without_renames_a_path_has_always_been_its_name() -> None:
    assert list(renames().spells("a/b")) == [Spell("a/b", "a/b")]
    assert renames().now("a/b", at(0)) == "a/b"


def test_what_is_before_a_rename_belongs_to_the_new_path() -> None:
    moved = renames((5, "a", "b"))
    assert moved.now("a", at(5)) == "b"
    assert moved.now("a", at(6)) == "a"
    assert spells(moved, "b") == {("a", None, at(5)), ("b", None, None)}
    assert spells(moved, "a") == {("a", at(5), None)}


def test_what_is_below_moves_along() -> None:
    moved = renames((5, "team", "group/team"))
    assert moved.now("team/app/web", at(0)) == "group/team/app/web"
    assert spells(moved, "group/team/app") == {
        ("group/team/app", None, None),
        ("team/app", None, at(5)),
    }


def test_names_that_are_exchanged() -> None:
    moved = renames((1, "a", "c"), (2, "b", "a"), (3, "c", "b"))
    assert moved.now("a", at(0)) == "b"
    assert moved.now("b", at(0)) == "a"
    assert spells(moved, "b") == {("a", None, at(1)), ("b", at(2), None), ("c", None, at(3))}


def test_into_itself_and_out_again() -> None:
    moved = renames((1, "a", "a/b"), (2, "a/b", "a"), (3, "a/b", "a"))
    assert moved.now("a", at(0)) == "a"
    assert ("a", at(1), None) in spells(moved, "a")


NAMES = ("a", "a/a", "b", "a/b", "b/a")
STORIES = st.lists(
    st.tuples(st.integers(0, 6), st.sampled_from(NAMES), st.sampled_from(NAMES)).filter(
        lambda one: one[1] != one[2]
    ),
    max_size=5,
    unique_by=lambda one: one[0],
)


@given(STORIES, st.sampled_from(NAMES), st.floats(-1, 8))
def test_each_moment_of_a_name_is_in_the_spell_of_one_path(
    stories: Sequence[tuple[int, str, str]], name: str, minute: float
) -> None:
    moved = renames(*stories)
    moment = at(minute)
    path = moved.now(name, moment)
    assert sum(_covers(one, name, moment) for one in moved.spells(path)) == 1
    others = [other for other in NAMES if other != path]
    assert not any(_covers(one, name, moment) for other in others for one in moved.spells(other))


def _covers(spell: Spell, name: str, moment: datetime) -> bool:
    return (
        spell.name == name
        and (spell.since is None or moment > spell.since)
        and (spell.until is None or moment <= spell.until)
    )
