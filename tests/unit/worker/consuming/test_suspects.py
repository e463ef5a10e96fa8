"""Only a batch that came again and again is taken apart."""

from hypothesis import given
from hypothesis import strategies as st

from tests.unit.worker.models import delivery
from worker.consuming import suspects


def test_messages_that_are_new_or_came_again_once_are_no_suspects() -> None:
    assert not suspects.are_suspects([delivery(1), delivery(2, came_before=1)])


def test_one_that_came_three_times_before_makes_its_batch_suspect() -> None:
    assert suspects.are_suspects([delivery(1), delivery(2, came_before=3)])


def suspect_tags(count: int, tags: list[int]) -> list[int]:
    order = suspects.one_by_one([delivery(tag, came_before=count) for tag in tags])
    assert sorted(one.tag for one in order) == tags
    return [one.tag for one in order]


@given(st.integers(0, 49))
def test_wherever_the_deadly_one_stands_three_turns_settle_all_others(deadly: int) -> None:
    left = list(range(50))
    for count in (3, 4, 5):
        order = suspect_tags(count, left)
        settled = order[: order.index(deadly)]
        left = [tag for tag in left if tag not in settled]
    assert left == [deadly]


@given(st.integers(0, 49), st.integers(0, 49))
def test_two_deadly_ones_do_not_take_those_between_them_along(one: int, other: int) -> None:
    left = list(range(50))
    for count in range(3, 90):
        order = suspect_tags(count, left)
        settled = order[: min(order.index(one), order.index(other))]
        left = [tag for tag in left if tag not in settled]
    assert set(left) == {one, other}
