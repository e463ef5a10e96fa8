"""Looking at the queues without touching what is in them."""

import asyncio
from contextlib import suppress
from typing import Final

import aio_pika
from aio_pika.abc import AbstractConnection
from aio_pika.exceptions import ChannelNotFoundEntity
from aiormq.exceptions import AMQPError

from console.overview.snapshot import Broker, Depth
from shared.amqp import topology
from shared.amqp.errors import BrokerAwayError, broker_errors
from shared.text import printable

SECONDS: Final = 3.0
_CLOSE_SECONDS: Final = 1.0


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
