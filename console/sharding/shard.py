"""A shard's queue as who changes their number sees and treats it."""

from dataclasses import dataclass
from typing import Final

from aiormq.exceptions import ChannelLockedResource, ChannelNotFoundEntity

from console.sharding.errors import ShardsError
from shared.amqp.channel import Channel
from shared.amqp.errors import BrokerAwayError, broker_errors
from shared.amqp.message import Message
from shared.amqp.shards import SHARDED_EXCHANGE, keys_of, queue_of
from shared.amqp.topology import EVENTS_QUEUE

# Seconds; a queue whose leader moves takes a while.
ANSWER: Final = 30.0
_LOCK: Final = f"{EVENTS_QUEUE}.change"


@dataclass(frozen=True, slots=True)
class Depth:
    """What no consumer has in hand, and the consumers."""

    ready: int
    consumers: int

    @property
    def is_deserted(self) -> bool:
        """Nothing is in it, in nobody's hand either.

        A consumer counts for as long as it holds something, cancelled or not, and what the channel
        of one held comes back in the moment in which it counts no more (measured with 3.10).
        """
        return not (self.ready or self.consumers)


async def lock(channel: Channel) -> None:
    """Be the only one who changes them, until the connection ends. Raises ShardsError."""
    try:
        declaring = channel.underlay.queue_declare(_LOCK, exclusive=True, auto_delete=True)
        await broker_errors(declaring, ANSWER)
    except BrokerAwayError as error:
        if isinstance(error.__cause__, ChannelLockedResource):
            raise ShardsError("somebody else changes the shards just now") from None
        raise


async def depth(channel: Channel, shard: int) -> Depth:
    """Raises BrokerAwayError, also for one that does not exist."""
    declaring = channel.underlay.queue_declare(queue_of(shard), passive=True)
    declared = await broker_errors(declaring, ANSWER)
    return Depth(declared.message_count or 0, declared.consumer_count or 0)


async def exists(channel: Channel, shard: int) -> bool:
    beside = await broker_errors(channel.beside(), ANSWER)
    try:
        await depth(beside, shard)
    except BrokerAwayError as error:
        # The broker has closed the channel.
        if isinstance(error.__cause__, ChannelNotFoundEntity):
            return False
        raise
    await broker_errors(beside.close(), ANSWER)
    return True


async def bind(channel: Channel, shard: int) -> None:
    for key in keys_of(shard):
        binding = channel.underlay.queue_bind(queue_of(shard), SHARDED_EXCHANGE, key)
        await broker_errors(binding, ANSWER)


async def unbind(channel: Channel, shard: int) -> None:
    for key in keys_of(shard):
        unbinding = channel.underlay.queue_unbind(queue_of(shard), SHARDED_EXCHANGE, key)
        await broker_errors(unbinding, ANSWER)


async def let_go(channel: Channel, shard: int) -> None:
    """Tell one of its consumers: it gets a message without a body."""
    end = Message("", queue_of(shard), b"", mandatory=False)
    await channel.publishing.publish([end], deadline=ANSWER)


async def delete(channel: Channel, shard: int) -> None:
    """Raises ShardsError if there was something in it, which then is lost."""
    deleting = channel.underlay.queue_delete(queue_of(shard))
    deleted = await broker_errors(deleting, ANSWER)
    if deleted.message_count:
        raise ShardsError(
            f"{deleted.message_count} messages were in {queue_of(shard)} when it was "
            "deleted: somebody else than this program published to it"
        )
