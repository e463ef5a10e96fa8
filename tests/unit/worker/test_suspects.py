"""Only a batch that came again and again is taken apart."""

from typing import Any, cast

from aiormq.channel import Channel
from hypothesis import given
from hypothesis import strategies as st

from worker import suspects
from worker.delivery import Delivery


def delivery(tag: int, **headers: Any) -> Delivery:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Delivery(cast("Channel", None), tag, "event.push", b"{}", named)


def test_messages_that_are_new_or_came_again_once_are_no_suspects() -> None:
    assert not suspects.are_suspects([delivery(1), delivery(2, x_delivery_count=1)])


def test_one_that_came_three_times_before_makes_its_batch_suspect() -> None:
    assert suspects.are_suspects([delivery(1), delivery(2, x_delivery_count=3)])


def suspect_tags(count: int, tags: list[int]) -> list[int]:
    parts = suspects.one_by_one([delivery(tag, x_delivery_count=count) for tag in tags])
    assert {len(part) for part in parts} == {1}
    assert sorted(part[0].tag for part in parts) == tags
    return [part[0].tag for part in parts]


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
