"""The broker is a publisher that can hang: only what the guard asks of it is of interest."""

import asyncio
from collections.abc import Sequence

import pytest
from structlog.testing import capture_logs

from ingest.guard import FAULT, GuardedPublisher
from shared.amqp.message import Message
from shared.amqp.publisher import PublishFailedError
from tests.waiting import eventually

MESSAGE = Message(exchange="e", routing_key="event.push", body=b"{}")


class Broker:
    def __init__(self) -> None:
        self.cause = "timeout"
        self.confirmed = 0
        self.asked: list[Message] = []
        self.gate = asyncio.Event()
        self.gate.set()

    async def publish(self, messages: Sequence[Message], *, deadline: float) -> None:  # noqa: ARG002
        self.asked += messages
        await self.gate.wait()
        if self.cause:
            raise PublishFailedError(self.cause, unconfirmed=messages[self.confirmed :])


async def cause(guard: GuardedPublisher, *messages: Message) -> str:
    try:
        await guard.publish(messages, deadline=1)
    except PublishFailedError as error:
        return error.cause
    return ""


async def opened(broker: Broker) -> GuardedPublisher:
    guard = GuardedPublisher(broker)
    assert [await cause(guard, MESSAGE) for _ in range(3)] == ["timeout"] * 3
    assert guard.fault == FAULT
    return guard


async def test_while_one_tries_the_others_are_refused_at_once() -> None:
    broker = Broker()
    guard = await opened(broker)
    broker.gate.clear()
    trying = asyncio.ensure_future(cause(guard, MESSAGE))
    await asyncio.sleep(0)
    assert await cause(guard, MESSAGE) == "not_confirming"
    assert len(broker.asked) == 4
    broker.cause = ""
    broker.gate.set()
    assert await trying == ""
    assert await cause(guard, MESSAGE) == ""
    assert guard.fault == ""


async def test_one_that_is_cancelled_makes_room_for_the_next() -> None:
    broker = Broker()
    guard = await opened(broker)
    broker.gate.clear()
    trying = asyncio.ensure_future(cause(guard, MESSAGE))
    await asyncio.sleep(0)
    trying.cancel()
    await asyncio.wait({trying})
    broker.gate.set()
    assert await cause(guard, MESSAGE) == "timeout"


async def test_a_notification_without_events_proves_nothing() -> None:
    broker = Broker()
    guard = await opened(broker)
    broker.cause = ""
    assert await cause(guard) == ""
    assert guard.fault == FAULT


async def test_it_asks_by_itself_until_the_broker_answers_when_nobody_sends() -> None:
    broker = Broker()
    guard = await opened(broker)
    asking = asyncio.ensure_future(guard.run())

    async def asked_twice() -> bool:
        return len(broker.asked) >= 5

    async def ready() -> bool:
        return not guard.fault

    await eventually(asked_twice)
    assert guard.fault == FAULT
    broker.cause = ""
    await eventually(ready)
    asking.cancel()
    await asyncio.wait({asking})


async def test_a_queue_that_is_silent_is_told_once_however_often_the_broker_answers() -> None:
    broker = Broker()
    with capture_logs() as logs:
        guard = await opened(broker)
        asking = asyncio.ensure_future(guard.run())

        async def ready() -> bool:
            return not guard.fault

        for _ in range(3):
            broker.cause = ""
            await eventually(ready)
            broker.cause = "timeout"
            assert await cause(guard, MESSAGE) == "timeout"
            assert guard.fault == FAULT
        broker.cause = ""
        assert await cause(guard, MESSAGE) == ""
        asking.cancel()
        await asyncio.wait({asking})
    assert [one["event"] for one in logs] == ["broker.stopped_confirming", "broker.confirms_again"]


async def test_a_broker_that_confirms_a_part_in_time_is_only_slow() -> None:
    broker = Broker()
    broker.confirmed = 1
    guard = GuardedPublisher(broker)
    assert [await cause(guard, MESSAGE, MESSAGE) for _ in range(5)] == ["timeout"] * 5
    assert guard.fault == ""


@pytest.mark.parametrize("other", ["returned", "refused", "disconnected"])
async def test_other_failures_say_nothing_about_confirms(other: str) -> None:
    broker = Broker()
    broker.cause = other
    guard = GuardedPublisher(broker)
    assert [await cause(guard, MESSAGE) for _ in range(5)] == [other] * 5
    assert guard.fault == ""
