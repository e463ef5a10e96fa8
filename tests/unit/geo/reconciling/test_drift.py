import pytest

from geo.reconciling.drift import Drift, Kind, compare, drift, is_still
from geo.reconciling.tags import Recorded
from geo.registry.descriptor import Descriptor
from tests.unit.geo.reconciling.factories import ONE, TWO, deleted, pushed, there

CASES: dict[str, tuple[Descriptor | None, Recorded | None, Kind | None]] = {
    "neither has it": (None, None, None),
    "it is as recorded": (there(), pushed(), None),
    "it is recorded without a digest": (there(), pushed(None), None),
    "it is deleted as recorded": (None, deleted(), None),
    "nothing of it is recorded": (there(), None, Kind.UNRECORDED),
    "it was deleted and came back": (there(), deleted(), Kind.UNRECORDED),
    "it has another digest": (there(TWO), pushed(ONE), Kind.MOVED),
    "it is gone": (None, pushed(), Kind.GONE),
    "it is gone, without a digest": (None, pushed(None), Kind.GONE),
}


@pytest.mark.parametrize(("found", "recorded", "kind"), CASES.values(), ids=CASES)
def test_one_tag(found: Descriptor | None, recorded: Recorded | None, kind: Kind | None) -> None:
    seen = drift("a/b", "v1", found, recorded)
    assert seen == (Drift(kind, "a/b", "v1", found, recorded) if kind else None)


def test_a_repository_differs_in_both_directions_at_once() -> None:
    found = {"same": there(), "new": there(), "moved": there(TWO)}
    recorded = {"same": pushed(), "old": pushed(), "moved": pushed(), "away": deleted()}
    assert [(one.tag, one.kind) for one in compare("a/b", found, recorded)] == [
        ("moved", Kind.MOVED),
        ("new", Kind.UNRECORDED),
        ("old", Kind.GONE),
    ]


def test_a_second_look_has_to_show_the_same() -> None:
    first = Drift(Kind.MOVED, "a/b", "v1", there(TWO), pushed(ONE, "event-1"))
    assert is_still(first, first)
    others = {
        "it has settled": None,
        "it was pushed again": first._replace(found=there(ONE)),
        "another event came": first._replace(recorded=pushed(ONE, "event-2")),
        "it is deleted": Drift(Kind.GONE, "a/b", "v1", None, first.recorded),
    }
    assert [why for why, second in others.items() if is_still(first, second)] == []
