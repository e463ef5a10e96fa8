"""One AMQP connection whose end has a deadline, also when the other side does not read."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any, Final

import aio_pika
from aio_pika.abc import AbstractConnection
from aiormq.connection import TCPTransportFactory, TLSTransportFactory, TransportFactory
from aiormq.exceptions import AMQPError
from yarl import URL

from shared.amqp.errors import broker_errors

CONNECT_TIMEOUT: Final = 5.0
CLOSE_TIMEOUT: Final = 2.0
# Its own deadline comes first, with an error that says more.
_GRACE: Final = 1.0


@asynccontextmanager
async def connected(url: URL, *, name: str) -> AsyncIterator[AbstractConnection]:
    """A connection for a block; raises BrokerAwayError when there is none.

    aiormq closes a socket only when all that is buffered for it is sent: with a peer that is gone
    without a word that takes the kernel a quarter of an hour. So it is cut.
    """
    wire = _Wire(url)
    connection = aio_pika.Connection(url, client_properties={"connection_name": name})
    connection.kwargs["transport_factory"] = wire
    try:
        await broker_errors(
            connection.connect(timeout=CONNECT_TIMEOUT), timeout=CONNECT_TIMEOUT + _GRACE
        )
        yield connection
    finally:
        await _close(connection, wire)


class _Wire(TransportFactory):
    """Opens the socket, and cuts it."""

    def __init__(self, url: URL) -> None:
        self._factory = TLSTransportFactory() if url.scheme == "amqps" else TCPTransportFactory()
        self._writer: asyncio.StreamWriter | None = None

    async def create(
        self,
        url: URL,
        **kwargs: Any,  # noqa: ANN401  aiormq's interface
    ) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        reader, self._writer = await self._factory.create(url, **kwargs)
        return reader, self._writer

    def cut(self) -> None:
        if self._writer:
            self._writer.transport.abort()


async def _close(connection: AbstractConnection, wire: _Wire) -> None:
    cutting = asyncio.get_running_loop().call_later(CLOSE_TIMEOUT, wire.cut)
    try:
        # What was on its way is unconfirmed or unacknowledged, and will be sent again.
        with suppress(AMQPError, OSError, RuntimeError):
            await connection.close()
    finally:
        cutting.cancel()
        wire.cut()
