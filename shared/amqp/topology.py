"""Exchanges and queues: declared alike by everyone who connects, so nobody has to come first."""

import re
from typing import Final

from aio_pika import ExchangeType
from aio_pika.abc import AbstractChannel
from aio_pika.exceptions import ChannelPreconditionFailed

from shared.event import PULL, SUPPORTED_ACTIONS

EVENTS_EXCHANGE: Final = "registry.events"
EVENTS_QUEUE: Final = "registry.events"
PULLS_QUEUE: Final = "registry.events.pulls"
DEAD_EXCHANGE: Final = "registry.events.dead"
DEAD_QUEUE: Final = "registry.events.dead"

# A worker that crashes takes its innocent prefetched messages along: each crash counts for them.
DELIVERY_LIMIT: Final = 50
# RabbitMQ 4 sets a limit of 20 by itself, beyond which reading the dead letters would drop them.
NO_DELIVERY_LIMIT: Final = 1_000_000_000

_KEY: Final = "event."
# Before the key of an event: whatever action a registry sends cannot begin like this.
_SHARD: Final = re.compile(r"shard\.[0-9]+\.")
EVENTS_ARGUMENTS: Final[dict[str, str | int]] = {
    "x-queue-type": "quorum",
    "x-overflow": "reject-publish",
    "x-dead-letter-exchange": DEAD_EXCHANGE,
    "x-dead-letter-strategy": "at-least-once",
    "x-delivery-limit": DELIVERY_LIMIT,
}
DEAD_ARGUMENTS: Final[dict[str, str | int]] = {
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


def is_event(routing_key: str) -> bool:
    return routing_key.startswith(_KEY)


def sharded(routing_key: str, shard: int | str) -> str:
    return f"shard.{shard}.{routing_key}"


def plain(routing_key: str) -> str:
    """As it is for the first shard."""
    return _SHARD.sub("", routing_key, count=1) if _SHARD.match(routing_key) else routing_key


async def declare(channel: AbstractChannel, *, pulls: bool = False) -> None:
    """Make sure that both exchanges, their queues and bindings exist; that of `pulls` if wanted.

    The dead letters' queue comes first: without it the broker drops what it dead-letters. What is
    not wanted is left as it is: others may want it.
    Raises TopologyConflictError.
    """
    try:
        dead = await channel.declare_exchange(DEAD_EXCHANGE, ExchangeType.TOPIC, durable=True)
        dead_queue = await channel.declare_queue(
            DEAD_QUEUE, durable=True, arguments=dict(DEAD_ARGUMENTS)
        )
        await dead_queue.bind(dead, "#")
        events = await channel.declare_exchange(EVENTS_EXCHANGE, ExchangeType.TOPIC, durable=True)
        queue = await channel.declare_queue(
            EVENTS_QUEUE, durable=True, arguments=dict(EVENTS_ARGUMENTS)
        )
        for action in sorted(SUPPORTED_ACTIONS):
            await queue.bind(events, routing_key(action))
        if pulls:
            queue = await channel.declare_queue(
                PULLS_QUEUE, durable=True, arguments=dict(EVENTS_ARGUMENTS)
            )
            await queue.bind(events, routing_key(PULL))
    except ChannelPreconditionFailed as error:
        raise conflict(error) from None


def conflict(error: ChannelPreconditionFailed) -> TopologyConflictError:
    return TopologyConflictError(
        f"the broker has it with other properties ({error}). Drain it and delete it "
        "(rabbitmqctl delete_queue NAME), or use another virtual host in AMQP_URL"
    )
