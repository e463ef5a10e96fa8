"""The broker whose dead letters are read and changed, and on which the topology exists."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import Final

from aio_pika.abc import AbstractConnection

from console.dead_letters.errors import naming
from console.dead_letters.queue import counts
from console.dead_letters.queue.lock import PATIENCE, Say, silent
from console.dead_letters.queue.silence import watched
from console.words.away import ANSWER
from shared.amqp import kept, shards, wire
from shared.amqp.errors import broker_errors
from shared.amqp.nodes import Nodes
from shared.amqp.shards import Wanted

NAME: Final = "registry-events console"
_ALWAYS_THERE: Final = "amq.topic"
# Of one that follows, which asks the broker nothing.
_HEARTBEAT: Final = 10


@dataclass(frozen=True, slots=True)
class Broker:
    """A broker on which the topology exists; a scan opens a connection of its own to `url`.

    `say` hears that a scan waits for another one, at most `patience` seconds.
    """

    url: str
    connection: AbstractConnection
    plug: wire.Wire
    say: Say = silent
    patience: float = PATIENCE


@asynccontextmanager
async def connected(
    url: str,
    *,
    say: Say = silent,
    patience: float = PATIENCE,
    wanted: Wanted = Wanted(),  # noqa: B008  immutable
) -> AsyncIterator[Broker]:
    """To publish events, say what they are published to.

    Raises BrokerAwayError and TopologyConflictError.
    """
    nodes = Nodes(url, heartbeat=_HEARTBEAT)
    plug = wire.Wire()
    opening = wire.connected(nodes, name=NAME, seconds=ANSWER, wire=plug)
    with naming(url):
        async with opening as connection:
            await _declare(connection, plug, wanted)
            yield Broker(url, connection, plug, say, patience)


async def _declare(connection: AbstractConnection, plug: wire.Wire, wanted: Wanted) -> None:
    """New queues take a broker a while."""
    channel = await broker_errors(connection.channel(), ANSWER)
    beside = await broker_errors(connection.channel(), ANSWER)
    asking = partial(beside.get_exchange, _ALWAYS_THERE)
    async with watched(asking, plug.cut):
        await broker_errors(shards.declare(channel, wanted), counts.PATIENCE)
        if wanted.keep:
            await broker_errors(kept.declare(connection, wanted.keep), counts.PATIENCE)
