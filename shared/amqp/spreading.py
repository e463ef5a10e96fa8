"""Spreading events over several queues by their repositories.

The hash is reckoned here and travels in the routing key: the broker's consistent hash exchange
would do it too, but is a plugin that has to be enabled first.
"""

import zlib
from collections.abc import Sequence

from shared.amqp.message import Message
from shared.amqp.publisher import Publisher
from shared.amqp.shards import SHARDED_EXCHANGE
from shared.amqp.topology import sharded


def shard_of(repository: str, shards: int) -> int:
    """The same in every process and release: an operator may have it looked up."""
    return zlib.crc32(repository.encode("utf-8", "backslashreplace")) % shards


def spread(message: Message, shards: int) -> Message:
    """The message on its way to its repository's shard; one without a repository as it is."""
    if not message.repository or not (shard := shard_of(message.repository, shards)):
        return message
    key = sharded(message.routing_key, shard)
    return message._replace(exchange=SHARDED_EXCHANGE, routing_key=key)


class SpreadingPublisher:
    """Publisher to `shards` queues, on whatever publishes to one."""

    def __init__(self, publisher: Publisher, shards: int) -> None:
        self._publisher = publisher
        self._shards = shards

    async def publish(self, messages: Sequence[Message], *, deadline: float) -> None:
        if self._shards > 1:
            messages = [spread(message, self._shards) for message in messages]
        await self._publisher.publish(messages, deadline=deadline)
