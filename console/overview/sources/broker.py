"""Looking at the queues without touching what is in them."""

import time
from contextlib import AsyncExitStack
from typing import Final

from aio_pika.abc import AbstractConnection
from aio_pika.exceptions import ChannelNotFoundEntity

from console.overview.seen.broker import Broker, Depth, all_of
from console.words import away
from shared.amqp import topology, wire
from shared.amqp.errors import BrokerAwayError, broker_errors
from shared.amqp.kept import KEPT_QUEUE
from shared.amqp.nodes import Nodes
from shared.amqp.shards import queue_of
from shared.text import printable

_NAME: Final = "registry-events console"
# Seconds. The broker writes a line into its log for each look at a queue that is not there.
_MISSED: Final = 60.0


class BrokerLook:
    """Looks on one connection, which is opened when it is needed and again when it is lost."""

    def __init__(self, url: str, shards: int, *, keeps: bool = False) -> None:
        self._url = url
        self._nodes = Nodes(url)
        self._keeps = keeps
        self._beside = [queue_of(shard) for shard in range(1, shards)]
        self._wire = wire.Wire()
        self._connection: AbstractConnection | None = None
        self._pulls_again = 0.0
        self._stack = AsyncExitStack()

    async def look(self) -> Broker:
        """Never raises: a broker that is away, or silent, is an answer too."""
        try:
            return await broker_errors(self._look(), away.ANSWER)
        except BrokerAwayError as error:
            self._wire.cut()
            await self.close()
            return Broker(fault=away.broker(self._url, str(error)))

    async def close(self) -> None:
        stack, self._stack, self._connection = self._stack, AsyncExitStack(), None
        await stack.aclose()

    async def _look(self) -> Broker:
        connection = await self._open()
        first = await _depth(connection, topology.EVENTS_QUEUE)
        beside = {name: await _depth(connection, name) for name in self._beside}
        return Broker(
            version=_version(connection),
            events=first and all_of(first, beside.values()),
            dead=await _depth(connection, topology.DEAD_QUEUE),
            shards=beside,
            pulls=await self._pulls(connection),
            lacks_stream=self._keeps and await _depth(connection, KEPT_QUEUE) is None,
        )

    async def _pulls(self, connection: AbstractConnection) -> Depth | None:
        if time.monotonic() < self._pulls_again:
            return None
        if (depth := await _depth(connection, topology.PULLS_QUEUE)) is None:
            self._pulls_again = time.monotonic() + _MISSED
        return depth

    async def _open(self) -> AbstractConnection:
        if self._connection is None or self._connection.is_closed:
            await self.close()
            opening = wire.connected(self._nodes, name=_NAME, seconds=away.ANSWER, wire=self._wire)
            self._connection = await self._stack.enter_async_context(opening)
        return self._connection


async def _depth(connection: AbstractConnection, name: str) -> Depth | None:
    channel = await connection.channel()
    try:
        declared = (await channel.declare_queue(name, passive=True)).declaration_result
    except ChannelNotFoundEntity:
        return None
    await channel.close()
    return Depth(ready=declared.message_count or 0, consumers=declared.consumer_count or 0)


def _version(connection: AbstractConnection) -> str:
    transport = connection.transport
    properties = transport.connection.server_properties if transport else {}
    return printable(str(properties.get("version", "")), 40)
