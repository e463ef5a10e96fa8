from collections.abc import Mapping, Sequence

from geo.reconciling.agreement import Changes, changes
from geo.reconciling.tags import Kept, Recorded
from geo.registry.descriptor import Descriptor
from tests.unit.geo.reconciling.factories import NOON, ONE, TWO, deleted, pushed, there

ROW = Kept("a/b", "v1", ONE, NOON, "event-1")


def after(
    found: Mapping[str, Descriptor], recorded: Mapping[str, Recorded], *kept: Kept
) -> tuple[Sequence[Kept], Sequence[Kept]]:
    return changes("a/b", found, recorded, kept)


def test_what_agrees_is_written_once() -> None:
    assert after({"v1": there()}, {"v1": pushed()}) == ([ROW], [])
    assert after({"v1": there()}, {"v1": pushed()}, ROW) == Changes([], [])


def test_a_digest_that_no_event_told_is_known_from_then_on() -> None:
    assert after({"v1": there()}, {"v1": pushed(None)}) == ([ROW], [])


def test_a_later_event_takes_the_row() -> None:
    row = ROW._replace(digest=TWO, event_id="event-3")
    assert after({"v1": there(TWO)}, {"v1": pushed(TWO, "event-3")}, ROW) == ([row], [])


def test_what_was_deleted_as_recorded_has_no_row() -> None:
    assert after({}, {"v1": deleted()}, ROW) == ([], [ROW])


def test_a_row_of_a_former_path_moves() -> None:
    former = ROW._replace(repository="a/old")
    assert after({"v1": there()}, {"v1": pushed()}, former) == ([ROW], [former])


def test_what_differs_keeps_its_row() -> None:
    assert after({}, {"v1": pushed()}, ROW) == ([], [])
    assert after({"v1": there(TWO)}, {"v1": pushed()}, ROW) == ([], [])
    assert after({"v2": there()}, {}) == ([], [])
