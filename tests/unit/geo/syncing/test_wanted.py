from datetime import UTC, datetime

import pytest

from geo.following.journal import Due, Repository
from geo.log.change import Change
from geo.syncing.wanted import Wanted

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def change(number: int, path: str, *, source: str = "default", former: str | None = None) -> Change:
    action = "rename" if former else "push"
    return Change(number, source, path, action, NOW, NOW, former_repository=former)


def test_a_repository_is_pending_once_with_its_last_change() -> None:
    changes = [change(1, "a"), change(2, "b"), change(3, "a")]
    assert Wanted("default").pending(changes) == [
        Due(Repository("default", "a"), 3, 0),
        Due(Repository("default", "b"), 2, 0),
    ]


def test_of_a_rename_both_paths_are() -> None:
    pending = Wanted("default").pending([change(1, "new/a", former="old/a")])
    assert [due.repository.path for due in pending] == ["new/a", "old/a"]


def test_another_source_is_passed_over() -> None:
    assert Wanted("default").pending([change(1, "a", source="west")]) == []


@pytest.mark.parametrize(
    ("path", "has"),
    [("team/a", True), ("team/b/c", True), ("other", True), ("others", False), ("a/team/b", False)],
    ids=["matched", "a star takes slashes too", "by the second", "longer", "elsewhere"],
)
def test_globs_choose(path: str, has: bool) -> None:  # noqa: FBT001  a column of the table
    assert Wanted("default", ("team/*", "other")).has(Repository("default", path)) is has
