"""How deliveries become batches while channels come and go."""

import asyncio
from typing import Any, cast

from aiormq.channel import Channel
from pamqp.commands import Basic

from worker.consumer import Consumer


class Message:
    def __init__(self, tag: int) -> None:
        self.delivery_tag, self.routing_key, self.body = tag, "event.push", b"{}"
        self.header = self
        self.properties = self
        self.headers: dict[str, object] = {}


class Broker:
    """As much of a channel as a consumer talks to."""

    def __init__(self) -> None:
        self.is_closed = False
        self.on_consumer_cancel_callbacks: set[Any] = set()
        self.deliver: Any = None

    async def basic_qos(self, **_: object) -> None: ...

    async def basic_ack(self, *_: object, **__: object) -> None: ...

    async def basic_consume(self, _queue: str, deliver: Any) -> Basic.ConsumeOk:
        self.deliver = deliver
        return Basic.ConsumeOk("tag")


async def open_channel(consumer: Consumer) -> Broker:
    broker = Broker()
    await consumer.opened(cast("Channel", broker))
    return broker


async def test_a_channel_that_takes_away_what_waits_does_not_end_the_worker() -> None:
    consumer = Consumer(batch_size=10, batch_wait=0.05)
    lost = await open_channel(consumer)
    await lost.deliver(Message(1))
    batch = asyncio.ensure_future(consumer.next_batch())
    await asyncio.sleep(0)
    fresh = await open_channel(consumer)
    # An empty batch would be the end of the worker.
    done, _ = await asyncio.wait({batch}, timeout=0.2)
    assert not done
    await fresh.deliver(Message(1))
    (delivery,) = await batch
    assert delivery.channel is cast("Channel", fresh)


async def test_stopped_it_gives_what_waits_and_then_nothing() -> None:
    consumer = Consumer(batch_size=2, batch_wait=30)
    channel = await open_channel(consumer)
    channel.is_closed = True
    for tag in (1, 2, 3):
        await channel.deliver(Message(tag))
    await consumer.stop()
    batches = [await consumer.next_batch() for _ in range(3)]
    assert [[delivery.tag for delivery in batch] for batch in batches] == [[1, 2], [3], []]


async def test_what_is_in_hand_is_what_is_not_settled() -> None:
    consumer = Consumer(batch_size=2, batch_wait=30)
    channel = await open_channel(consumer)
    for tag in (1, 2, 3):
        await channel.deliver(Message(tag))
    assert (consumer.in_hand, consumer.batch_age) == (3, 0.0)
    batch = await consumer.next_batch()
    assert consumer.in_hand == 3
    assert consumer.batch_age > 0
    await consumer.acknowledge(batch[:1], and_before=False)
    assert consumer.in_hand == 2
    await consumer.acknowledge(batch[1:], and_before=False)
    assert consumer.in_hand == 1


async def test_nobody_works_on_a_batch_before_there_is_one() -> None:
    consumer = Consumer(batch_size=1, batch_wait=30)
    channel = await open_channel(consumer)
    await channel.deliver(Message(1))
    await consumer.acknowledge(await consumer.next_batch())
    waiting = asyncio.ensure_future(consumer.next_batch())
    await asyncio.sleep(0)
    assert (consumer.in_hand, consumer.batch_age) == (0, 0.0)
    waiting.cancel()


async def test_what_a_lost_channel_delivered_is_in_nobody_s_hand() -> None:
    consumer = Consumer(batch_size=1, batch_wait=30)
    lost = await open_channel(consumer)
    for tag in (1, 2, 3):
        await lost.deliver(Message(tag))
    batch = await consumer.next_batch()
    fresh = await open_channel(consumer)
    assert consumer.in_hand == 0
    # It is still worked on, for nothing perhaps.
    assert consumer.batch_age > 0
    await fresh.deliver(Message(1))
    await consumer.acknowledge(batch)
    assert consumer.in_hand == 1
