"""What arrives among the dead letters from now on, followed on a queue of copies."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Final

from aio_pika.abc import AbstractChannel

from console.dead_letters.letter.dead_letter import DeadLetter
from console.dead_letters.queue.broker import Broker
from console.words.away import ANSWER
from shared.amqp import topology
from shared.amqp.channel import Channel
from shared.amqp.contents import Delivery
from shared.amqp.errors import BrokerAwayError, broker_errors

_COPIES_KEPT: Final = 10_000


@asynccontextmanager
async def follow(broker: Broker) -> AsyncIterator[AsyncIterator[DeadLetter]]:
    """Every dead letter that arrives from now on, once, beside any number of other readers.

    What it gives raises BrokerAwayError when the connection is lost.
    """
    arrived: asyncio.Queue[Sequence[Delivery] | None] = asyncio.Queue()
    outer = await broker_errors(broker.connection.channel(), ANSWER)
    channel = await broker_errors(Channel.of(outer, broker.plug), ANSWER)
    channel.on_deliveries = arrived.put_nowait
    channel.underlay.closing.add_done_callback(lambda _: arrived.put_nowait(None))
    await broker_errors(_copy(outer, channel), ANSWER)

    async def arriving() -> AsyncIterator[DeadLetter]:
        while (deliveries := await arrived.get()) is not None:
            for delivery in deliveries:
                yield DeadLetter.read(delivery)
        raise BrokerAwayError("connection lost; what arrives from now on is not shown")

    yield arriving()
    await broker_errors(outer.close(), ANSWER)


async def _copy(outer: AbstractChannel, channel: Channel) -> None:
    """Have a copy of all that arrives delivered."""
    copies = await outer.declare_queue(
        exclusive=True, auto_delete=True, arguments={"x-max-length": _COPIES_KEPT}
    )
    await copies.bind(topology.DEAD_EXCHANGE, "#")
    await channel.consume(copies.name, no_ack=True)
