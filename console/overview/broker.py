"""Looking at the queues without touching what is in them."""

import asyncio
from contextlib import suppress
from datetime import UTC, datetime
from typing import Final

import aio_pika
from aio_pika.abc import AbstractConnection
from aio_pika.exceptions import ChannelNotFoundEntity
from aiormq.abc import DeliveredMessage
from aiormq.exceptions import AMQPError, ChannelAccessRefused, ChannelClosed

from console.overview.snapshot import Broker, Depth
from shared.amqp import topology
from shared.amqp.dead_letter import Story
from shared.amqp.errors import BrokerAwayError, broker_errors
from shared.text import printable

SECONDS: Final = 3.0
_CLOSE_SECONDS: Final = 1.0
_HEAD_SECONDS: Final = 2.0


class BrokerLook:
    """Looks on one connection, which is opened when it is needed and again when it is lost."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._connection: AbstractConnection | None = None

    async def look(self) -> Broker:
        """Never raises: a broker that is away, or slower than three seconds, is an answer too."""
        try:
            return await broker_errors(self._look(), SECONDS)
        except BrokerAwayError as error:
            await self.close()
            return Broker(fault=str(error))

    async def oldest_dead(self) -> datetime | None:
        """When the first of the dead letters' queue failed; None if nobody can say now."""
        try:
            return await broker_errors(self._head(), SECONDS)
        except BrokerAwayError:
            return None

    async def close(self) -> None:
        connection, self._connection = self._connection, None
        if connection:
            with suppress(AMQPError, OSError, TimeoutError, RuntimeError):
                async with asyncio.timeout(_CLOSE_SECONDS):
                    await connection.close()

    async def _look(self) -> Broker:
        connection = await self._open()
        return Broker(
            version=_version(connection),
            events=await _depth(connection, topology.EVENTS_QUEUE),
            dead=await _depth(connection, topology.DEAD_QUEUE),
        )

    async def _open(self) -> AbstractConnection:
        if self._connection is None or self._connection.is_closed:
            self._connection = await aio_pika.connect(
                self._url,
                timeout=SECONDS,
                client_properties={"connection_name": "registry-events console"},
            )
        return self._connection

    async def _head(self) -> datetime | None:
        """Alone, as whoever looks is, so that no other reader misses the one in hand."""
        outer = await (await self._open()).channel()
        channel = await outer.get_underlay_channel()
        arrived: asyncio.Queue[DeliveredMessage] = asyncio.Queue()
        try:
            await channel.basic_qos(prefetch_count=1)
            await channel.basic_consume(topology.DEAD_QUEUE, arrived.put, exclusive=True)
            async with asyncio.timeout(_HEAD_SECONDS):
                return _failed_at(await arrived.get())
        except (ChannelAccessRefused, ChannelNotFoundEntity, TimeoutError):
            return None
        finally:
            # Unsettled: the broker puts it back where it was.
            with suppress(ChannelClosed):
                await channel.close()


async def _depth(connection: AbstractConnection, name: str) -> Depth | None:
    channel = await connection.channel()
    try:
        declared = (await channel.declare_queue(name, passive=True)).declaration_result
    except ChannelNotFoundEntity:
        return None
    await channel.close()
    return Depth(ready=declared.message_count or 0, consumers=declared.consumer_count or 0)


def _failed_at(message: DeliveredMessage) -> datetime | None:
    properties = message.header.properties
    try:
        moment = datetime.fromisoformat(Story.read(properties.headers or {}).failed_at)
    except ValueError:
        # The broker's own dead letter keeps the original's time of publishing.
        moment = properties.timestamp or datetime.now(UTC)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _version(connection: AbstractConnection) -> str:
    transport = connection.transport
    properties = transport.connection.server_properties if transport else {}
    return printable(str(properties.get("version", "")), 40)
