"""The edge to a real broker: what becomes of each message, and what is delivered of it."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import aio_pika
import pytest
from aio_pika.abc import AbstractConnection, DeliveryMode

from shared.amqp import wire
from shared.amqp.channel import Channel
from shared.amqp.contents import Delivery
from shared.amqp.message import Message
from shared.amqp.nodes import Nodes
from shared.amqp.sending import Outcome
from tests.waiting import eventually

NOWHERE = "amq.topic"
DEADLINE = 30.0


@asynccontextmanager
async def opened(amqp_url: str) -> AsyncIterator[tuple[AbstractConnection, Channel]]:
    plug = wire.Wire()
    async with wire.connected(Nodes(amqp_url), name="a test's", wire=plug) as connection:
        yield connection, await Channel.of(await connection.channel(), plug)


@asynccontextmanager
async def queue_of(connection: AbstractConnection, **arguments: Any) -> AsyncIterator[str]:
    named = {name.replace("_", "-"): value for name, value in arguments.items()}
    queue = await (await connection.channel()).declare_queue(exclusive=True, arguments=named)
    yield queue.name


def to(queue: str, body: bytes = b"{}", **headers: str) -> Message:
    """By the default exchange, which knows each queue by its name."""
    return Message("", queue, body, headers)


class Taken:
    """What was delivered on a channel."""

    def __init__(self, channel: Channel) -> None:
        self.deliveries: list[Delivery] = []
        channel.on_deliveries = self.deliveries.extend

    async def first(self, count: int) -> Sequence[Delivery]:
        async def came() -> bool:
            return len(self.deliveries) >= count

        await eventually(came)
        return self.deliveries[:count]


def causes(outcomes: Sequence[Outcome]) -> list[str]:
    return [outcome.cause if outcome else "" for outcome in outcomes]


async def test_a_returned_message_is_that_one_among_its_equals(amqp_url: str) -> None:
    """They differ in nothing that stands in the message: only in whether they must arrive."""
    async with opened(amqp_url) as (_, channel):
        must = [number % 3 == 0 for number in range(200)]
        messages = [Message(NOWHERE, "nobody", b"{}", mandatory=one) for one in must]
        together = channel.publishing.publish(messages, deadline=DEADLINE)
        alone = [channel.publishing.publish([one], deadline=DEADLINE) for one in messages]
        first, *others = await asyncio.gather(together, *alone)
    wanted = ["returned" if one else "" for one in must]
    assert causes(first) == wanted
    assert causes([outcome for outcomes in others for outcome in outcomes]) == wanted


async def test_what_a_full_queue_refuses_fails_and_nothing_else(amqp_url: str) -> None:
    async with (
        opened(amqp_url) as (connection, channel),
        queue_of(connection, x_max_length=7, x_overflow="reject-publish") as full,
        queue_of(connection) as free,
    ):
        messages = [to(queue, str(n).encode()) for n in range(100) for queue in (full, free)]
        outcomes = await channel.publishing.publish(messages, deadline=DEADLINE)
        taken = Taken(channel)
        await channel.consume(full)
        await channel.consume(free)
        kept = [bool(not one) for one in outcomes]
        arrived = await taken.first(sum(kept))
        bodies = sorted(one.body for one in arrived)
    assert set(causes(outcomes)) == {"", "refused"}
    assert all(kept[1::2])
    assert bodies == sorted(
        one.body for one, is_kept in zip(messages, kept, strict=True) if is_kept
    )


async def test_bodies_of_any_size_arrive_whole(amqp_url: str) -> None:
    sizes = [0, 1, 131_063, 131_064, 131_065, 1_000_000]
    async with opened(amqp_url) as (connection, channel), queue_of(connection) as queue:
        taken = Taken(channel)
        await channel.consume(queue, no_ack=True)
        messages = [to(queue, bytes([size % 251]) * size) for size in sizes]
        assert not any(await channel.publishing.publish(messages, deadline=DEADLINE))
        bodies = [one.body for one in await taken.first(len(sizes))]
    assert bodies == [message.body for message in messages]


async def test_a_publish_that_is_cancelled_shifts_no_other_s_outcome(amqp_url: str) -> None:
    async with opened(amqp_url) as (_, channel):
        outcomes = []
        for number in range(50):
            given_up = asyncio.ensure_future(
                channel.publishing.publish([Message(NOWHERE, "nobody", b"")], deadline=DEADLINE)
            )
            optional = Message(NOWHERE, "nobody", b"", mandatory=number % 2 == 0)
            kept = channel.publishing.publish([optional], deadline=DEADLINE)
            waiting = asyncio.ensure_future(kept)
            await asyncio.sleep(0)
            await asyncio.sleep(0)
            given_up.cancel()
            outcomes += await waiting
    assert causes(outcomes) == ["returned", ""] * 25


async def test_properties_of_others_are_read_as_they_are(amqp_url: str) -> None:
    headers: dict[str, Any] = {
        "x-death": [{"count": 2, "queue": "é", "time": datetime(2026, 1, 2, tzinfo=UTC)}],
        "float": 1.5,
        "nothing": None,
        "big": 2**40,
    }
    theirs = aio_pika.Message(
        b"{}",
        headers=headers,
        message_id="their-own",
        correlation_id="c",
        priority=3,
        app_id="another",
        delivery_mode=DeliveryMode.PERSISTENT,
    )
    async with opened(amqp_url) as (connection, channel), queue_of(connection) as queue:
        taken = Taken(channel)
        await channel.consume(queue, no_ack=True)
        exchange = (await connection.channel()).default_exchange
        await exchange.publish(theirs, routing_key=queue)
        (delivery,) = await taken.first(1)
    assert delivery.properties[:2] == ("their-own", headers)


async def test_what_is_not_acknowledged_comes_again_and_nothing_else(amqp_url: str) -> None:
    async with opened(amqp_url) as (connection, channel), queue_of(connection) as queue:
        messages = [to(queue, str(number).encode()) for number in range(10)]
        await channel.publishing.publish(messages, deadline=DEADLINE)
        taken = Taken(channel)
        await channel.consume(queue)
        tags = [one.tag for one in await taken.first(10)]
        assert channel.acknowledge(tags[3], and_before=True)
        assert channel.acknowledge(tags[5], tags[8])
        await channel.close()
        assert not channel.acknowledge(tags[9])
        again = await connection.channel()
        left = [await (await again.get_queue(queue)).get(no_ack=True) for _ in range(4)]
    assert [one.body for one in left] == [b"4", b"6", b"7", b"9"]


async def test_a_channel_that_the_broker_closes_fails_its_publishes(amqp_url: str) -> None:
    async with opened(amqp_url) as (_, channel):
        nowhere = Message("no.such.exchange", "key", b"")
        outcomes = await channel.publishing.publish([nowhere] * 3, deadline=DEADLINE)
        assert causes(outcomes) == ["disconnected"] * 3
        assert outcomes[0]
        assert "no.such.exchange" in outcomes[0].detail


@pytest.mark.parametrize("together", [1, 100], ids=["alone", "together"])
async def test_a_connection_that_breaks_fails_what_is_unconfirmed(
    amqp_url: str, together: int
) -> None:
    plug = wire.Wire()
    async with wire.connected(Nodes(amqp_url), name="a test's", wire=plug) as connection:
        channel = await Channel.of(await connection.channel(), plug)
        messages = [Message(NOWHERE, "nobody", b"", mandatory=False)] * together
        publishing = asyncio.ensure_future(channel.publishing.publish(messages, deadline=DEADLINE))
        await asyncio.sleep(0)
        plug.cut()
        assert causes(await publishing) == ["disconnected"] * together
