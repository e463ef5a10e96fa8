"""One AMQP connection whose end has a deadline, also when the other side does not read."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any, Final, Protocol

import aio_pika
from aio_pika.abc import AbstractConnection
from aiormq.connection import TCPTransportFactory, TLSTransportFactory, TransportFactory
from aiormq.exceptions import AMQPError
from yarl import URL

from shared.amqp.errors import BrokerAwayError, broker_errors, raise_if_cancelled

CONNECT_TIMEOUT: Final = 5.0
CLOSE_TIMEOUT: Final = 2.0


class Closable(Protocol):
    """Any of aio-pika's and aiormq's connections."""

    def close(self) -> Awaitable[object]: ...


class Wire(TransportFactory):
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


@asynccontextmanager
async def connected(
    url: URL, *, name: str, seconds: float = CONNECT_TIMEOUT, wire: Wire | None = None
) -> AsyncIterator[AbstractConnection]:
    """A connection for a block; raises BrokerAwayError when there is none after `seconds`."""
    wire = wire or Wire(url)
    connection = aio_pika.Connection(url, client_properties={"connection_name": name})
    connection.kwargs["transport_factory"] = wire
    async with closing(connection, wire.cut):
        await broker_errors(connection.connect(), seconds)
        yield connection


@asynccontextmanager
async def closing(connection: Closable, cut: Callable[[], None]) -> AsyncIterator[None]:
    """Close `connection` after the block; without a word if its broker is away.

    aiormq closes a socket only when all that is buffered for it is sent: with a peer that is gone
    without a word that takes the kernel a quarter of an hour. So it is cut.
    """
    try:
        yield
    except BrokerAwayError:
        cut()
        raise
    finally:
        cutting = asyncio.get_running_loop().call_later(CLOSE_TIMEOUT, cut)
        try:
            # What was on its way is unconfirmed or unacknowledged, and will be sent again.
            with suppress(AMQPError, OSError, RuntimeError):
                await connection.close()
        except asyncio.CancelledError:
            raise_if_cancelled()
        finally:
            cutting.cancel()
            cut()
