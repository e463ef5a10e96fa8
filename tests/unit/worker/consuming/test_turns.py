"""Whose turn it is among several queues."""

from typing import cast

from shared.amqp.channel import Channel
from tests.unit.worker.models import delivery
from worker.consuming.suspects import DELIVERY_COUNT
from worker.consuming.turns import Turns

QUEUES = tuple(cast("Channel", object()) for _ in range(3))


def first_after_a_start(count: int) -> int:
    """The number of the queue that comes first, all with one that was delivered so often."""
    turns = Turns()
    for number, queue in enumerate(QUEUES):
        turns.open(queue)
        turns.add(queue, [delivery(number, headers={DELIVERY_COUNT: count})])
    taken = turns.take(10)
    assert taken
    return QUEUES.index(taken[0])


def test_what_may_kill_the_worker_is_not_always_first() -> None:
    assert {first_after_a_start(40) for _ in range(200)} == {0, 1, 2}


def test_else_they_are_served_in_their_order() -> None:
    assert {first_after_a_start(1) for _ in range(200)} == {0}
