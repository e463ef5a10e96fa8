"""Which queue an event goes to."""

import json
from collections import Counter
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.amqp import topology
from shared.amqp.message import Message, event_message
from shared.amqp.shards import SHARDED_EXCHANGE
from shared.amqp.spreading import SpreadingPublisher, shard_of, spread
from shared.event import Event
from tests.factories import make_event


def message(action: str = "push", repository: str = "group/1") -> Message:
    event = Event.parse(json.dumps(make_event(action, repository)))
    return event_message(event, b"{}", {})


class Taken:
    """A publisher that keeps what it is given."""

    def __init__(self) -> None:
        self.messages: list[Message] = []

    async def publish(self, messages: Sequence[Message], *, deadline: float) -> None:
        assert deadline
        self.messages += messages


def test_the_shard_of_a_repository_is_for_ever() -> None:
    """So that what one release has spread, another finds where it would send it."""
    names = ["library/nginx", "group/project", "été"]
    assert [shard_of(name, 4) for name in names] == [1, 2, 0]


@given(st.text(), st.integers(1, 32))
def test_any_text_has_a_shard(repository: str, shards: int) -> None:
    assert 0 <= shard_of(repository, shards) < shards


def test_repositories_are_spread_evenly() -> None:
    seen = Counter(shard_of(f"group/project-{number}", 4) for number in range(4000))
    assert all(900 < seen[shard] < 1100 for shard in range(4))


async def test_over_one_queue_nothing_is_spread() -> None:
    taken, sent = Taken(), [message(repository=f"group/{number}") for number in range(20)]
    await SpreadingPublisher(taken, 1).publish(sent, deadline=1)
    assert taken.messages == sent
    assert {(one.exchange, one.routing_key) for one in sent} == {("registry.events", "event.push")}


async def test_over_several_each_goes_to_its_own() -> None:
    taken, sent = Taken(), [message(repository=f"group/{number}") for number in range(20)]
    await SpreadingPublisher(taken, 2).publish(sent, deadline=1)
    for one in taken.messages:
        if shard_of(one.repository, 2):
            assert one.exchange == SHARDED_EXCHANGE
            assert one.routing_key == "shard.1.event.push"
        else:
            assert (one.exchange, one.routing_key) == ("registry.events", "event.push")
    assert len({one.exchange for one in taken.messages}) == 2


@pytest.mark.parametrize("action", ["pull", "mount"])
def test_what_is_not_recorded_stays_where_others_bind_to_it(action: str) -> None:
    sent = [message(action, f"group/{number}") for number in range(20)]
    assert [spread(one, 8) for one in sent] == sent


@pytest.mark.parametrize(
    ("key", "action"),
    [
        ("event.push", "push"),
        ("shard.3.event.push", "push"),
        ("event.shard.3.event.push", "shard.3.event.push"),
    ],
    ids=["first", "another", "a hostile action"],
)
def test_the_action_is_read_out_of_either_key(key: str, action: str) -> None:
    assert topology.action_of(key) == action
