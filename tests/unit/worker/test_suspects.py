"""Only a batch that came again and again is taken apart."""

from typing import Any, cast

from aiormq.channel import Channel

from worker import suspects
from worker.delivery import Delivery


def delivery(tag: int, **headers: Any) -> Delivery:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Delivery(cast("Channel", None), tag, "event.push", b"{}", named)


def test_messages_that_are_new_or_came_again_once_are_no_suspects() -> None:
    assert not suspects.are_suspects([delivery(1), delivery(2, x_delivery_count=1)])


def test_one_that_came_five_times_before_makes_its_batch_suspect() -> None:
    assert suspects.are_suspects([delivery(1), delivery(2, x_delivery_count=5)])


def test_each_is_alone_and_none_is_left_out() -> None:
    batch = [delivery(tag) for tag in range(50)]
    parts = suspects.one_by_one(batch)
    assert {len(part) for part in parts} == {1}
    assert sorted(part[0].tag for part in parts) == list(range(50))
