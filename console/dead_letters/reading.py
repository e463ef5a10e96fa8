"""Reading the dead letters' queue so that nothing is taken off it and nothing changes its place.

What is there is looked at; what arrives later is followed on a queue of copies.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import Final

from aio_pika.abc import AbstractChannel, AbstractConnection
from yarl import URL

from console.away import ANSWER
from console.dead_letters import counting
from console.dead_letters.errors import naming
from console.dead_letters.lock import PATIENCE, Say, silent
from console.dead_letters.looking import NAME, looking
from console.dead_letters.selection import Selection
from console.dead_letters.view import DeadLetter
from console.dead_letters.watching import watched
from shared.amqp import topology, wire
from shared.amqp.channel import Channel
from shared.amqp.contents import Delivery
from shared.amqp.errors import BrokerAwayError, broker_errors

_COPIES_KEPT: Final = 10_000
_ALWAYS_THERE: Final = "amq.topic"
# Of one that follows, which asks the broker nothing.
_HEARTBEAT: Final = 10


@dataclass(frozen=True, slots=True)
class Broker:
    """A broker on which the topology exists; a look opens a connection of its own to `url`.

    `say` hears that a look waits for another one, at most `patience` seconds.
    """

    url: str
    connection: AbstractConnection
    plug: wire.Wire
    say: Say = silent
    patience: float = PATIENCE


@asynccontextmanager
async def connected(
    url: str, *, say: Say = silent, patience: float = PATIENCE
) -> AsyncIterator[Broker]:
    """Raises BrokerAwayError and TopologyConflictError."""
    amqp = URL(url).update_query(heartbeat=_HEARTBEAT)
    plug = wire.Wire()
    opening = wire.connected(amqp, name=NAME, seconds=ANSWER, wire=plug)
    with naming(url):
        async with opening as connection:
            await _declare(connection, plug)
            yield Broker(url, connection, plug, say, patience)


async def _declare(connection: AbstractConnection, plug: wire.Wire) -> None:
    """New queues take a broker a while."""
    channel = await broker_errors(connection.channel(), ANSWER)
    beside = await broker_errors(connection.channel(), ANSWER)
    asking = partial(beside.get_exchange, _ALWAYS_THERE)
    async with watched(asking, plug.cut):
        await broker_errors(topology.declare(channel), counting.PATIENCE)


async def each(broker: Broker, visit: Callable[[DeadLetter], object]) -> None:
    """Show every dead letter to `visit`, the oldest first. Raises BusyError, BrokerAwayError."""

    def stay(dead_letter: DeadLetter) -> bool:
        visit(dead_letter)
        return False

    async with looking(broker.url, stay, say=broker.say, patience=broker.patience) as look:
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
