"""Repositories spread over several queues, in a real broker."""

import asyncio
import itertools
import json
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from datetime import UTC, datetime
from functools import partial
from typing import Any

import aiohttp
import asyncpg
import pytest
from aio_pika.abc import AbstractChannel
from aio_pika.exceptions import ChannelNotFoundEntity
from yarl import URL

import worker.app
from console.local.servers.rabbitmq import RabbitMQ
from console.overview.seen.broker import Depth
from console.overview.sources.broker import BrokerLook
from console.sharding import shard as queues
from console.sharding.change import change
from console.sharding.errors import ShardsError
from shared.amqp import wire
from shared.amqp.channel import Channel
from shared.amqp.connection import Connection
from shared.amqp.contents import Delivery
from shared.amqp.message import event_message, origin
from shared.amqp.nodes import Nodes
from shared.amqp.publisher import ConfirmedPublisher, Publisher
from shared.amqp.shards import SHARDED_EXCHANGE, Wanted, declare, declare_queue, queue_of
from shared.amqp.spreading import SpreadingPublisher, shard_of
from shared.event import Event
from shared.service import background
from tests.broker_shell import evaluate
from tests.factories import make_event
from tests.running import Pipeline, make_settings, running
from tests.waiting import eventually

SHARDS = 3


@asynccontextmanager
async def opened(amqp_url: str, shards: int) -> AsyncIterator[tuple[AbstractChannel, Channel]]:
    plug = wire.Wire()
    async with wire.connected(Nodes(amqp_url), name="test", wire=plug) as connection:
        outer = await connection.channel()
        await declare(outer, Wanted(shards))
        yield outer, await Channel.of(outer, plug)


@asynccontextmanager
async def publishing(amqp_url: str, shards: int) -> AsyncIterator[Publisher]:
    connection = Connection(amqp_url, name="test", heartbeat=10, wanted=Wanted(shards))

    async def connected() -> bool:
        return connection.channel is not None

    async with background(asyncio.Event(), connection.run()):
        await eventually(connected)
        yield SpreadingPublisher(ConfirmedPublisher(connection), shards)


async def publish(publisher: Publisher, events: Sequence[str]) -> None:
    now = origin(datetime.now(UTC))
    parsed = [(Event.parse(text), text) for text in events]
    messages = [event_message(event, text.encode(), now) for event, text in parsed]
    await publisher.publish(messages, deadline=30)


def texts_of(shard: int, count: int) -> list[str]:
    """Events of repositories that are that shard's."""
    return [event_of(shard, number=number) for number in range(count)]


def event_of(shard: int, action: str = "push", number: int = 0) -> str:
    names = (f"group/{number}/{nth}" for nth in itertools.count())
    repository = next(name for name in names if shard_of(name, SHARDS) == shard)
    return json.dumps(make_event(action, repository))


async def waiting(channel: Channel, shards: int = SHARDS) -> list[int]:
    return [(await queues.depth(channel, shard)).ready for shard in range(shards)]


@asynccontextmanager
async def bound(amqp_url: str) -> AsyncIterator[Channel]:
    """With a queue a shard that nobody consumes."""
    async with opened(amqp_url, SHARDS) as (_, channel):
        for shard in range(1, SHARDS):
            await declare_queue(channel.underlay, shard)
            await queues.bind(channel, shard)
        yield channel


async def test_one_shard_is_the_topology_of_before(amqp_url: str) -> None:
    async with opened(amqp_url, 1) as (outer, channel), publishing(amqp_url, 1) as publisher:
        assert not await queues.exists(channel, 1)
        await publish(publisher, texts_of(1, 5))
        assert await waiting(channel, 1) == [5]
        with pytest.raises(ChannelNotFoundEntity):
            await outer.declare_exchange(SHARDED_EXCHANGE, passive=True)


async def test_each_repository_has_its_queue(amqp_url: str) -> None:
    async with bound(amqp_url) as channel, publishing(amqp_url, SHARDS) as publisher:
        for shard in range(SHARDS):
            await publish(publisher, texts_of(shard, 2 + shard))
        assert await waiting(channel) == [2, 3, 4]


async def test_a_shard_that_is_not_bound_leaves_its_events_to_the_first(amqp_url: str) -> None:
    async with bound(amqp_url) as channel, publishing(amqp_url, SHARDS) as publisher:
        await queues.unbind(channel, 2)
        for shard in range(SHARDS):
            await publish(publisher, texts_of(shard, 1))
        assert await waiting(channel) == [2, 1, 0]


async def test_publishers_of_other_numbers_are_right_beside_each_other(amqp_url: str) -> None:
    async with bound(amqp_url) as channel:
        for number in (1, 2, SHARDS, 8):
            async with publishing(amqp_url, number) as publisher:
                await publish(publisher, texts_of(2, 4) + texts_of(1, 4))
        assert sum(await waiting(channel)) == 4 * 8


@pytest.mark.parametrize("action", ["shard.1.event.push", "push.1", "pull"])
async def test_an_action_is_not_taken_for_a_shard(amqp_url: str, action: str) -> None:
    async with bound(amqp_url) as channel, publishing(amqp_url, SHARDS) as publisher:
        await publish(publisher, [event_of(1, action)])
        assert await waiting(channel) == [0, 0, 0]


async def test_a_short_queue_does_not_wait_for_a_long_one(amqp_url: str, database_url: str) -> None:
    few = texts_of(2, 5)
    async with bound(amqp_url), publishing(amqp_url, SHARDS) as publisher:
        await publish(publisher, texts_of(1, 1500))
        await publish(publisher, few)
        async with working(amqp_url, database_url, worker_batch_size=50) as pipeline:
            rows = await pipeline.settled(1505)
    ids = {json.loads(text)["id"] for text in few}
    last = max(row["recorded_at"] for row in rows if row["event_id"] in ids)
    assert sum(row["recorded_at"] <= last for row in rows) < 750


@pytest.mark.parametrize("is_early", [True, False], ids=["before the worker", "under the worker"])
async def test_a_frozen_leader_keeps_only_its_own_waiting(
    rabbitmq: RabbitMQ, amqp_url: str, database_url: str, *, is_early: bool
) -> None:
    async with bound(amqp_url), publishing(amqp_url, SHARDS) as publisher:
        await publish(publisher, texts_of(1, 5))
        async with AsyncExitStack() as stack:
            begin = working(amqp_url, database_url)
            if not is_early:
                pipeline = await stack.enter_async_context(begin)
                await pipeline.settled(5)
            with frozen(rabbitmq, amqp_url, 1):
                if is_early:
                    pipeline = await stack.enter_async_context(begin)
                await publish(publisher, texts_of(0, 5))
                await publish(publisher, texts_of(2, 5))
                await pipeline.settled(10 if is_early else 15)
            await publish(publisher, texts_of(1, 5))
            assert len(await pipeline.settled(20)) == 20


async def test_what_waits_is_added_up(amqp_url: str) -> None:
    async with bound(amqp_url) as channel, publishing(amqp_url, SHARDS) as publisher:
        for shard in range(SHARDS):
            await publish(publisher, texts_of(shard, 2 + shard))
        await waiting(channel)
        look = BrokerLook(amqp_url, SHARDS + 1)
        seen = await look.look()
        await look.close()
    assert seen.events == Depth(9, 0)
    assert list(seen.shards.values()) == [Depth(3, 0), Depth(4, 0), None]


async def test_who_is_told_to_let_go_does_and_the_others_go_on(
    amqp_url: str, database_url: str
) -> None:
    async with bound(amqp_url) as channel, publishing(amqp_url, SHARDS) as publisher:
        async with working(amqp_url, database_url) as pipeline:

            async def consumed(shard: int, consumers: int) -> bool:
                return (await queues.depth(channel, shard)).consumers == consumers

            await eventually(partial(consumed, 2, 1))
            await queues.let_go(channel, 2)
            await eventually(partial(consumed, 2, 0))
            assert await consumed(1, 1)
            await publish(publisher, texts_of(1, 5) + texts_of(2, 5))
            assert len(await pipeline.settled(5)) == 5
        assert await waiting(channel) == [0, 0, 5]


async def test_who_holds_something_is_still_counted(amqp_url: str) -> None:
    """On which it rests that a deserted queue may be deleted."""
    async with bound(amqp_url) as channel, publishing(amqp_url, SHARDS) as publisher:
        await publish(publisher, texts_of(1, 3))
        holding = await channel.beside()
        held: list[Delivery] = []
        holding.on_deliveries = held.extend
        tag = await holding.consume(queue_of(1))

        async def holds() -> bool:
            return len(held) == 3

        await eventually(holds)
        await holding.underlay.basic_cancel(tag)
        assert not (await queues.depth(channel, 1)).is_deserted
        holding.acknowledge(held[1].tag, and_before=True)
        assert not (await queues.depth(channel, 1)).is_deserted
        await holding.close()

        async def is_back() -> bool:
            seen = await queues.depth(channel, 1)
            assert not seen.is_deserted
            return seen.ready > 0

        await eventually(is_back)


async def test_two_do_not_change_them_at_once(amqp_url: str) -> None:
    async with opened(amqp_url, 2) as (_, one), opened(amqp_url, 2) as (_, other):
        await queues.lock(one)
        with pytest.raises(ShardsError, match="somebody else"):
            await change(other, 2, seconds=0, say=print)


@asynccontextmanager
async def working(amqp_url: str, database_url: str, **changes: Any) -> AsyncIterator[Pipeline]:
    """A worker alone."""
    settings = make_settings(amqp_url, database_url, shards=SHARDS, **changes)
    connection = await asyncpg.connect(database_url)
    try:
        async with (
            aiohttp.ClientSession() as http,
            running(worker.app.run(settings), settings.worker_listen),
        ):
            yield Pipeline(settings, http, connection)
    finally:
        await connection.close()


@contextmanager
def frozen(rabbitmq: RabbitMQ, amqp_url: str, shard: int) -> Iterator[None]:
    """The process of the broker that leads the queue answers nobody for as long as the block."""
    name = f"{URL(amqp_url).path[1:]}_{queue_of(shard)}"
    evaluate(rabbitmq, f"sys:suspend(whereis('{name}')).")
    try:
        yield
    finally:
        evaluate(rabbitmq, f"sys:resume(whereis('{name}')).")
