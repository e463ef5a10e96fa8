"""Exchanges and queues: declared alike by everyone who connects, so nobody has to come first.

Several queues, the shards, share the repositories where an operator wants that. The first shard is
the queue that is always there, with its routing keys. What is meant for another one goes to an
exchange whose alternate is the one of events: a shard that is not bound leaves it to the first. So
a publisher need not know which shards there are, and only who changes their number binds them.
"""

import re
from typing import Final

from aio_pika import ExchangeType
from aio_pika.abc import AbstractChannel
from aio_pika.exceptions import ChannelPreconditionFailed
from aiormq.abc import AbstractChannel as Underlay

from shared.event import SUPPORTED_ACTIONS

EVENTS_EXCHANGE: Final = "registry.events"
EVENTS_QUEUE: Final = "registry.events"
SHARDED_EXCHANGE: Final = "registry.events.sharded"
DEAD_EXCHANGE: Final = "registry.events.dead"
DEAD_QUEUE: Final = "registry.events.dead"

# A worker that crashes takes its innocent prefetched messages along: each crash counts for them.
DELIVERY_LIMIT: Final = 50
# RabbitMQ 4 sets a limit of 20 by itself, beyond which reading the dead letters would drop them.
NO_DELIVERY_LIMIT: Final = 1_000_000_000

_KEY: Final = "event."
# Before the key of an event: whatever action a registry sends cannot begin like this.
_SHARD: Final = re.compile(r"shard\.[0-9]+\.")
_ANY_SHARD: Final = "shard.*."
_SHARDED_ARGUMENTS: Final[dict[str, str | int]] = {"alternate-exchange": EVENTS_EXCHANGE}
_EVENTS_ARGUMENTS: Final[dict[str, str | int]] = {
    "x-queue-type": "quorum",
    "x-overflow": "reject-publish",
    "x-dead-letter-exchange": DEAD_EXCHANGE,
    "x-dead-letter-strategy": "at-least-once",
    "x-delivery-limit": DELIVERY_LIMIT,
}
# Else the broker makes the node that we are connected to the leader of every one.
_SHARD_ARGUMENTS: Final = {**_EVENTS_ARGUMENTS, "x-queue-leader-locator": "balanced"}
_DEAD_ARGUMENTS: Final[dict[str, str | int]] = {
    "x-queue-type": "quorum",
    "x-overflow": "reject-publish",
    "x-delivery-limit": NO_DELIVERY_LIMIT,
}


class TopologyConflictError(Exception):
    """An exchange or queue of our name exists with other properties; says what to do."""


def routing_key(action: str) -> str:
    return f"{_KEY}{action}"


def action_of(routing_key: str) -> str:
    return plain(routing_key).removeprefix(_KEY)


def sharded(routing_key: str, shard: int) -> str:
    return f"shard.{shard}.{routing_key}"


def plain(routing_key: str) -> str:
    """As it is without shards."""
    return _SHARD.sub("", routing_key, count=1) if _SHARD.match(routing_key) else routing_key


def queue_of(shard: int) -> str:
    return f"{EVENTS_QUEUE}.{shard}" if shard else EVENTS_QUEUE


def keys_of(shard: int) -> list[str]:
    """What a shard beyond the first is bound with."""
    return [sharded(routing_key(action), shard) for action in sorted(SUPPORTED_ACTIONS)]


async def declare(channel: AbstractChannel, shards: int = 1) -> None:
    """Make sure that the exchanges, the first and the dead letters' queue, and bindings exist.

    The dead letters' queue comes first: without it the broker drops what it dead-letters.
    Raises TopologyConflictError.
    """
    try:
        dead = await channel.declare_exchange(DEAD_EXCHANGE, ExchangeType.TOPIC, durable=True)
        dead_queue = await channel.declare_queue(
            DEAD_QUEUE, durable=True, arguments=dict(_DEAD_ARGUMENTS)
        )
        await dead_queue.bind(dead, "#")
        events = await channel.declare_exchange(EVENTS_EXCHANGE, ExchangeType.TOPIC, durable=True)
        queue = await channel.declare_queue(
            EVENTS_QUEUE, durable=True, arguments=dict(_EVENTS_ARGUMENTS)
        )
        keys = [routing_key(action) for action in sorted(SUPPORTED_ACTIONS)]
        for key in keys:
            await queue.bind(events, key)
        if shards == 1:
            return
        for key in keys:
            await queue.bind(events, f"{_ANY_SHARD}{key}")
        # After the bindings: from now on it may be published to.
        await channel.declare_exchange(
            SHARDED_EXCHANGE,
            ExchangeType.TOPIC,
            durable=True,
            arguments=dict(_SHARDED_ARGUMENTS),
        )
    except ChannelPreconditionFailed as error:
        raise _conflict(error) from None


async def declare_shard(channel: Underlay, shard: int) -> None:
    """Make sure that its queue exists, which nothing binds here.

    It may take as long as its leader is silent, so whoever waits for one keeps the others apart.
    Raises TopologyConflictError, and what aiormq raises.
    """
    try:
        await channel.queue_declare(queue_of(shard), durable=True, arguments=dict(_SHARD_ARGUMENTS))
    except ChannelPreconditionFailed as error:
        raise _conflict(error) from None


def _conflict(error: Exception) -> TopologyConflictError:
    return TopologyConflictError(
        f"the broker has it with other properties ({error}). Drain it and delete it "
        "(rabbitmqctl delete_queue NAME), or use another virtual host in AMQP_URL"
    )
