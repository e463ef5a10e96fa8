"""One AMQP connection: its bytes.

aiormq opens and closes it, sends heartbeats and talks of topology; the frames of messages go past
it, to taps, because it makes several objects and a task of each.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from typing import Any, Final

import aio_pika
from aio_pika.abc import AbstractConnection
from aiormq.connection import TransportFactory
from yarl import URL

from shared import tls_faults
from shared.amqp.closing import closing
from shared.amqp.errors import BrokerAwayError, broker_errors
from shared.amqp.liveness import Liveness
from shared.amqp.nodes import Nodes, first
from shared.amqp.taps import Reader, Tap

CONNECT_TIMEOUT: Final = 5.0
_MOMENT: Final = 0.001
_CUT: Final = "it ended the connection before its first word"
# A peer that cuts us off may have said why too late for us to hear it.
_WHY_CUT: Final = {
    "amqp": f"{_CUT}: perhaps it wants TLS on this port, which is amqps://",
    "amqps": f"{_CUT}: perhaps {tls_faults.WANTS_CERTIFICATE}",
}
# aiormq's own, where an address says nothing.
_HEARTBEAT: Final = 60.0


class _Protocol(asyncio.StreamReaderProtocol):
    def __init__(self, reader: Reader, wire: "Wire", heartbeat: float) -> None:
        super().__init__(reader, loop=asyncio.get_running_loop())
        self._reader = reader
        self._wire = wire
        self._liveness = Liveness(heartbeat, self._end)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self._liveness.start()

    def data_received(self, data: bytes) -> None:
        self._liveness.hear()
        super().data_received(data)

    def connection_lost(self, exc: Exception | None) -> None:
        self._liveness.stop()
        super().connection_lost(exc)

    def pause_writing(self) -> None:
        super().pause_writing()
        self._wire.is_full = True

    def resume_writing(self) -> None:
        super().resume_writing()
        self._wire.is_full = False
        for tap in tuple(self._wire.taps.values()):
            tap.resume()

    def _end(self) -> None:
        """To aiormq the connection is lost."""
        self._reader.set_exception(ConnectionError("the broker has fallen silent"))
        self._wire.cut()


class Wire(TransportFactory):
    """Opens the socket, and cuts it; `taps` take frames of their channels past aiormq.

    `is_full` while what is written waits for the peer to read.
    """

    def __init__(self) -> None:
        self.taps: dict[int, Tap] = {}
        self.is_full = False
        self._reader: Reader | None = None
        self._transport: asyncio.Transport | None = None

    async def create(
        self,
        url: URL,
        **kwargs: Any,  # noqa: ANN401  aiormq's interface
    ) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        context = None
        if url.scheme == "amqps":
            context = await kwargs["ssl_context_provider"].get_context()
        self.taps, self.is_full = {}, False
        reader = self._reader = Reader(self.taps)
        protocol = _Protocol(reader, self, float(url.query.get("heartbeat", _HEARTBEAT)))
        loop = asyncio.get_running_loop()
        self._transport, _ = await loop.create_connection(
            lambda: protocol, url.host or "", url.port or 0, ssl=context
        )
        return reader, asyncio.StreamWriter(self._transport, protocol, reader, loop)

    def write(self, data: bytes) -> None:
        """Whole frames; aiormq writes its own to the same socket, whole as well."""
        if self._transport and not self._transport.is_closing():
            self._transport.write(data)

    async def written(self) -> None:
        """Return when the kernel has all that was written; there is no event for it."""
        while self._transport and self._transport.get_write_buffer_size():  # noqa: ASYNC110
            await asyncio.sleep(_MOMENT)

    @property
    def is_cut_unheard(self) -> bool:
        """Whether the peer took the connection and ended it, without a word of why."""
        return self._reader is not None and self._reader.is_cut_unheard

    def cut(self) -> None:
        if self._transport:
            self._transport.abort()


@asynccontextmanager
async def connected(
    nodes: Nodes, *, name: str, seconds: float = CONNECT_TIMEOUT, wire: Wire | None = None
) -> AsyncIterator[AbstractConnection]:
    """A connection to one of the nodes for a block.

    Raises BrokerAwayError when there is none after `seconds`, or a second for each node.
    """
    opening = partial(_connected, name=name, wire=wire or Wire())
    async with first(nodes, opening, seconds=seconds) as connection:
        yield connection


@asynccontextmanager
async def _connected(
    url: URL, seconds: float, *, name: str, wire: Wire
) -> AsyncIterator[AbstractConnection]:
    connection = aio_pika.Connection(url, client_properties={"connection_name": name})
    connection.kwargs["transport_factory"] = wire
    async with closing(connection, wire.cut):
        try:
            await broker_errors(connection.connect(), seconds)
        except BrokerAwayError as error:
            # At a deadline it is we who end it.
            if wire.is_cut_unheard and not isinstance(error.__cause__, TimeoutError):
                raise BrokerAwayError(_WHY_CUT[url.scheme]) from error
            raise
        yield connection
