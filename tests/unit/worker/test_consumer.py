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
