"""When a connection is given up whose publishes are not confirmed."""

from collections.abc import Sequence
from typing import Any, cast

import pytest

from shared.amqp.connection import Connection
from shared.amqp.message import Message
from shared.amqp.publisher import PROBE, ConfirmedPublisher, PublishFailedError
from shared.amqp.sending import Failure, Outcome
from tests.waiting import eventually

EVENT = Message(exchange="registry.events", routing_key="event.push", body=b"{}")


class Node:
    """A connection, its channel and what it publishes: a queue of it confirms nothing."""

    def __init__(self, *, answers: bool, refuses: bool = False) -> None:
        self.publishing = self.channel = self
        self.fault = ""
        self.asked = 0
        self.given_up: list[str] = []
        self._answers = answers
        self._fault = "refused" if refuses else "timeout"

    async def publish(self, messages: Sequence[Message], *, deadline: float) -> list[Outcome]:
        self.asked += list(messages) == [PROBE]
        if list(messages) == [PROBE] and self._answers:
            return [None]
        return [Failure(self._fault, f"{deadline}")] * len(messages)

    def give_up(self, why: str, **_: Any) -> None:
        self.given_up.append(why)


async def fail(node: Node, times: int) -> None:
    publisher = ConfirmedPublisher(cast("Connection", node))
    for _ in range(times):
        with pytest.raises(PublishFailedError):
            await publisher.publish([EVENT], deadline=0.1)


async def test_a_node_that_answers_is_kept_while_its_queue_does_not() -> None:
    node = Node(answers=True)
    await fail(node, 5)

    async def is_asked() -> bool:
        return node.asked > 0

    await eventually(is_asked)
    assert node.given_up == []


async def test_an_answer_in_between_does_not_hide_that_a_queue_is_silent() -> None:
    """Ingest asks four times a second while it takes nothing."""
    node = Node(answers=True)
    publisher = ConfirmedPublisher(cast("Connection", node))
    for _ in range(5):
        with pytest.raises(PublishFailedError):
            await publisher.publish([EVENT], deadline=0.1)
        await publisher.publish([PROBE], deadline=0.1)

    async def is_asked() -> bool:
        # By the publisher itself, once.
        return node.asked > 5

    await eventually(is_asked)


async def test_a_node_that_does_not_answer_is_left() -> None:
    node = Node(answers=False)
    await fail(node, 5)

    async def is_left() -> bool:
        return bool(node.given_up)

    await eventually(is_left)
    assert node.asked == 1


async def test_a_few_late_confirms_ask_nobody() -> None:
    node = Node(answers=False)
    await fail(node, 4)
    assert node.asked == 0
    assert node.given_up == []


async def test_a_queue_that_refuses_for_a_while_is_asked_on_another_connection() -> None:
    node = Node(answers=True, refuses=True)
    publisher = ConfirmedPublisher(cast("Connection", node))

    async def is_left() -> bool:
        with pytest.raises(PublishFailedError):
            await publisher.publish([EVENT], deadline=0.1)
        # That another queue, or none, takes something says nothing of this one.
        await publisher.publish([PROBE], deadline=0.1)
        return bool(node.given_up)

    await eventually(is_left)
    assert node.given_up == ["publishes are refused"]
