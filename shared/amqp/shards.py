"""Several queues that share the repositories, where an operator wants that.

The first shard is the queue that is always there, with its routing keys. What is meant for another
one goes to an exchange whose alternate is the one of events: a shard that is not bound leaves it to
the first. So a publisher need not know which shards there are, and only who changes their number
binds them.
"""

from dataclasses import dataclass
from typing import Final

from aio_pika import ExchangeType
from aio_pika.abc import AbstractChannel
from aio_pika.exceptions import ChannelPreconditionFailed
from aiormq.abc import AbstractChannel as Underlay

from shared.amqp import topology
from shared.amqp.kept import KEPT_QUEUE
from shared.amqp.topology import EVENTS_ARGUMENTS, EVENTS_EXCHANGE, EVENTS_QUEUE, conflict, sharded
from shared.event import SUPPORTED_ACTIONS

SHARDED_EXCHANGE: Final = "registry.events.sharded"
EXCHANGE_ARGUMENTS: Final[dict[str, str | int]] = {"alternate-exchange": EVENTS_EXCHANGE}
# Else the broker makes the node that we are connected to the leader of every one.
QUEUE_ARGUMENTS: Final = {**EVENTS_ARGUMENTS, "x-queue-leader-locator": "balanced"}
_ANY: Final = "*"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a process publishes to, or takes from: so many shards, and `pulls` if these count.

    `keep` is for how many seconds what it publishes is kept; 0: it is not.
    """

    shards: int = 1
    pulls: bool = False
    keep: int = 0


def queue_of(shard: int) -> str:
    return f"{EVENTS_QUEUE}.{shard}" if shard else EVENTS_QUEUE


def keys_of(shard: int | str) -> list[str]:
    """What a shard beyond the first is bound with."""
    return [sharded(topology.routing_key(action), shard) for action in sorted(SUPPORTED_ACTIONS)]


async def declare(channel: AbstractChannel, wanted: Wanted) -> None:
    """The topology, with the exchange of several shards where these are wanted, without queues.

    Raises TopologyConflictError.
    """
    await topology.declare(channel, pulls=wanted.pulls)
    if wanted.shards == 1:
        return
    try:
        first = await channel.get_queue(EVENTS_QUEUE, ensure=False)
        for key in keys_of(_ANY):
            await first.bind(EVENTS_EXCHANGE, key)
        # After the bindings: from now on it may be published to.
        await channel.declare_exchange(
            SHARDED_EXCHANGE,
            ExchangeType.TOPIC,
            durable=True,
            arguments=dict(EXCHANGE_ARGUMENTS),
        )
    except ChannelPreconditionFailed as error:
        raise conflict(error) from None


async def look(channel: AbstractChannel, wanted: Wanted) -> None:
    """Raises ChannelNotFoundEntity unless all that `declare` makes, but for bindings, is there.

    A queue that was deleted has lost its bindings; what they are missing from otherwise is told by
    messages that are returned.
    """
    queues = [topology.DEAD_QUEUE, EVENTS_QUEUE]
    queues += [topology.PULLS_QUEUE] if wanted.pulls else []
    queues += [KEPT_QUEUE] if wanted.keep else []
    exchanges = [topology.DEAD_EXCHANGE, EVENTS_EXCHANGE]
    exchanges += [SHARDED_EXCHANGE] if wanted.shards > 1 else []
    for name in exchanges:
        await channel.get_exchange(name, ensure=True)
    for name in queues:
        await channel.get_queue(name, ensure=True)


async def declare_queue(channel: Underlay, shard: int) -> None:
    """Make sure that it exists; nothing binds it here.

    It may take as long as its leader is silent, so whoever waits for one keeps the others apart.
    Raises TopologyConflictError, and what aiormq raises.
    """
    try:
        await channel.queue_declare(queue_of(shard), durable=True, arguments=dict(QUEUE_ARGUMENTS))
    except ChannelPreconditionFailed as error:
        raise conflict(error) from None
