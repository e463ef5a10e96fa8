"""Reading the dead letters' queue so that nothing is taken off it and nothing changes its place.

What is there is looked at; what arrives later is followed on a queue of copies.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final

import aio_pika
from aio_pika.abc import AbstractConnection
from aiormq.abc import DeliveredMessage

from console.dead_letters.counting import ANSWER
from console.dead_letters.lock import Say, silent
from console.dead_letters.looking import NAME, looking
from console.dead_letters.selection import Selection
from console.dead_letters.view import DeadLetter
from shared.amqp import topology
from shared.amqp.errors import BrokerAwayError, broker_errors

_COPIES_KEPT: Final = 10_000


@dataclass(frozen=True, slots=True)
class Broker:
    """A broker on which the topology exists; a look opens a connection of its own to `url`.

    `say` hears that a look waits for another one.
    """

    url: str
    connection: AbstractConnection
    say: Say = silent


@asynccontextmanager
async def connected(url: str, *, say: Say = silent) -> AsyncIterator[Broker]:
    """Raises BrokerAwayError and TopologyConflictError."""
    opening = aio_pika.connect(url, client_properties={"connection_name": NAME})
    connection = await broker_errors(opening, ANSWER)
    async with connection:
        channel = await broker_errors(connection.channel(), ANSWER)
        await broker_errors(topology.declare(channel), ANSWER)
        yield Broker(url, connection, say)


async def each(broker: Broker, visit: Callable[[DeadLetter], object]) -> None:
    """Show every dead letter to `visit`, the oldest first. Raises BusyError, BrokerAwayError."""

    def stay(dead_letter: DeadLetter) -> bool:
        visit(dead_letter)
        return False

    async with looking(broker.url, stay, say=broker.say) as look:
        await look.more()


def only(
    selection: Selection, visit: Callable[[DeadLetter], object]
) -> Callable[[DeadLetter], None]:
    """Show only what is selected, whatever its limit."""

    def chosen(dead_letter: DeadLetter) -> None:
        if selection.matches(dead_letter):
            visit(dead_letter)

    return chosen


async def last(broker: Broker, count: int) -> Sequence[DeadLetter]:
    """The youngest `count` dead letters, oldest first."""
    youngest: deque[DeadLetter] = deque(maxlen=count)
    await each(broker, youngest.append)
    return list(youngest)


@asynccontextmanager
async def following(broker: Broker) -> AsyncIterator[AsyncIterator[DeadLetter]]:
    """Every dead letter that arrives from now on, once, beside any number of other readers.

    What it gives raises BrokerAwayError when the connection is lost.
    """
    outer = await broker.connection.channel()
    copies = await outer.declare_queue(
        exclusive=True, auto_delete=True, arguments={"x-max-length": _COPIES_KEPT}
    )
    await copies.bind(topology.DEAD_EXCHANGE, "#")
    arrived: asyncio.Queue[DeliveredMessage | None] = asyncio.Queue()
    channel = await outer.get_underlay_channel()
    channel.closing.add_done_callback(lambda _: arrived.put_nowait(None))
    await channel.basic_consume(copies.name, arrived.put, no_ack=True)

    async def arriving() -> AsyncIterator[DeadLetter]:
        while (message := await arrived.get()) is not None:
            yield _read(message)
        raise BrokerAwayError("connection lost; what arrives from now on is not shown")

    yield arriving()
    await outer.close()


def _read(message: DeliveredMessage) -> DeadLetter:
    properties = message.header.properties
    return DeadLetter.of(
        message.body,
        message_id=properties.message_id or "",
        routing_key=message.routing_key or "",
        headers=properties.headers or {},
    )
