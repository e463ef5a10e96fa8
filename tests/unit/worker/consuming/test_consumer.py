"""How deliveries become batches while channels come and go."""

import asyncio
from collections.abc import Sequence
from typing import Any, cast

import pytest

from shared.amqp.channel import Channel
from shared.amqp.contents import Delivery
from tests.unit.worker.models import delivery
from worker.consuming.batch import Batch
from worker.consuming.consumer import Consumer


class Broker:
    """As much of a channel as a consumer talks to."""

    def __init__(self) -> None:
        self.underlay = self
        self.is_closed = False
        self.on_consumer_cancel_callbacks: set[Any] = set()
        self.on_deliveries: Any = None
        self.prefetch = 0

    async def basic_qos(self, *, prefetch_count: int) -> None:
        self.prefetch = prefetch_count

    async def consume(self, _queue: str, *, tag: str) -> str:
        return tag

    def acknowledge(self, *_: int, **__: bool) -> bool:
        return not self.is_closed

    async def written(self) -> None: ...

    def deliver(self, *tags: int) -> Sequence[Delivery]:
        deliveries = [delivery(tag) for tag in tags]
        self.on_deliveries(deliveries)
        return deliveries


async def open_channel(consumer: Consumer) -> Broker:
    """The first channel of a fresh connection."""
    consumer.turns.clear()
    return await open_beside(consumer)


async def open_beside(consumer: Consumer) -> Broker:
    broker = Broker()
    await consumer.consume(cast("Channel", broker), "queue")
    return broker


async def taken(consumer: Consumer) -> Batch:
    batch = await consumer.next_batch()
    assert batch
    return batch


async def test_a_channel_that_takes_away_what_waits_does_not_end_the_worker() -> None:
    consumer = Consumer(batch_size=10, batch_wait=0.05)
    lost = await open_channel(consumer)
    lost.deliver(1)
    waiting = asyncio.ensure_future(consumer.next_batch())
    await asyncio.sleep(0)
    fresh = await open_channel(consumer)
    # No batch would be the end of the worker.
    done, _ = await asyncio.wait({waiting}, timeout=0.2)
    assert not done
    fresh.deliver(1)
    batch = await waiting
    assert batch
    assert batch.channel is cast("Channel", fresh)


async def test_a_late_word_of_a_lost_channel_is_in_no_batch() -> None:
    consumer = Consumer(batch_size=10, batch_wait=0.05)
    lost = await open_channel(consumer)
    fresh = await open_channel(consumer)
    lost.deliver(1)
    fresh.deliver(2)
    assert [one.tag for one in (await taken(consumer)).deliveries] == [2]


async def test_stopped_it_gives_what_waits_and_then_nothing() -> None:
    consumer = Consumer(batch_size=2, batch_wait=30)
    channel = await open_channel(consumer)
    channel.is_closed = True
    channel.deliver(1, 2, 3)
    await consumer.stop()
    batches = [await taken(consumer) for _ in range(2)]
    assert [[one.tag for one in batch.deliveries] for batch in batches] == [[1, 2], [3]]
    assert await consumer.next_batch() is None


async def test_what_is_in_hand_is_what_is_not_settled() -> None:
    consumer = Consumer(batch_size=2, batch_wait=30)
    channel = await open_channel(consumer)
    channel.deliver(1, 2, 3)
    assert (consumer.in_hand, consumer.batch_age) == (3, 0.0)
    batch = await taken(consumer)
    assert consumer.in_hand == 3
    assert consumer.batch_age > 0
    await consumer.acknowledge_one(batch, batch.deliveries[0])
    assert consumer.in_hand == 2
    consumer.acknowledge(batch)
    assert consumer.in_hand == 1


async def test_nobody_works_on_a_batch_before_there_is_one() -> None:
    consumer = Consumer(batch_size=1, batch_wait=30)
    channel = await open_channel(consumer)
    channel.deliver(1)
    consumer.acknowledge(await taken(consumer))
    waiting = asyncio.ensure_future(consumer.next_batch())
    await asyncio.sleep(0)
    assert (consumer.in_hand, consumer.batch_age) == (0, 0.0)
    waiting.cancel()


async def test_what_a_lost_channel_delivered_is_in_nobody_s_hand() -> None:
    consumer = Consumer(batch_size=1, batch_wait=30)
    lost = await open_channel(consumer)
    lost.deliver(1, 2, 3)
    batch = await taken(consumer)
    fresh = await open_channel(consumer)
    assert consumer.in_hand == 0
    # It is still worked on, for nothing perhaps.
    assert consumer.batch_age > 0
    fresh.deliver(1)
    consumer.acknowledge(batch)
    assert consumer.in_hand == 1


async def test_while_a_batch_is_recorded_the_next_one_fills_up() -> None:
    consumer = Consumer(batch_size=3, batch_wait=0.01)
    channel = await open_channel(consumer)
    channel.deliver(1)
    first = await taken(consumer)
    channel.deliver(2)
    upcoming = asyncio.ensure_future(taken(consumer))
    done, _ = await asyncio.wait({upcoming}, timeout=0.1)
    assert not done
    channel.deliver(3)
    consumer.acknowledge(first)
    assert [one.tag for one in (await upcoming).deliveries] == [2, 3]


async def test_a_full_batch_does_not_wait_for_the_one_before_it() -> None:
    consumer = Consumer(batch_size=2, batch_wait=30)
    channel = await open_channel(consumer)
    channel.deliver(1, 2)
    await taken(consumer)
    upcoming = asyncio.ensure_future(taken(consumer))
    await asyncio.sleep(0)
    channel.deliver(3, 4, 5)
    assert [one.tag for one in (await upcoming).deliveries] == [3, 4]


async def test_a_short_queue_has_its_turn_beside_a_long_one() -> None:
    consumer = Consumer(batch_size=3, batch_wait=30, queues=2)
    long, short = await open_channel(consumer), await open_beside(consumer)
    long.deliver(*range(1, 10))
    short.deliver(1)
    batches = [await taken(consumer) for _ in range(3)]
    assert [id(batch.channel) for batch in batches] == [id(long), id(short), id(long)]
    assert [len(batch.deliveries) for batch in batches] == [3, 1, 3]


async def test_what_is_in_hand_is_that_of_all_queues() -> None:
    consumer = Consumer(batch_size=2, batch_wait=30, queues=2)
    first, second = await open_channel(consumer), await open_beside(consumer)
    first.deliver(1, 2, 3)
    second.deliver(1)
    await taken(consumer)
    assert consumer.in_hand == 4
    consumer.turns.close(cast("Channel", first))
    assert consumer.in_hand == 1


@pytest.mark.parametrize(
    ("queues", "each"), [(1, 40), (2, 20), (4, 10), (16, 10)], ids=["1", "2", "4", "16"]
)
async def test_queues_share_what_is_prefetched_and_each_has_a_batch(queues: int, each: int) -> None:
    consumer = Consumer(batch_size=10, batch_wait=30, queues=queues)
    assert (await open_channel(consumer)).prefetch == each
