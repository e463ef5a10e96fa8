"""A broker, or a firewall before it, that stops reading: aiormq alone would wait for it."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress

import pytest
from yarl import URL

from console.local.network.ports import LOOPBACK
from shared.amqp.connection import Connection
from shared.amqp.message import Message
from shared.amqp.publisher import ConfirmedPublisher, PublishFailedError
from shared.amqp.topology import EVENTS_EXCHANGE
from tests.waiting import eventually

# More than the kernel buffers for a peer.
LARGE = b"x" * 500_000
MANY = 40


class Relay:
    """To the broker's port; links that are open at `stall` are not read any more."""

    def __init__(self, target: int) -> None:
        self._target = target
        self._links: dict[asyncio.Task[None], asyncio.Event] = {}
        self.port = 0

    def stall(self) -> None:
        for is_read in self._links.values():
            is_read.clear()

    @asynccontextmanager
    async def running(self) -> AsyncIterator["Relay"]:
        server = await asyncio.start_server(self._keep, LOOPBACK, 0)
        self.port = server.sockets[0].getsockname()[1]
        try:
            yield self
        finally:
            server.close()
            for link in self._links:
                link.cancel()
            await asyncio.gather(*self._links, return_exceptions=True)

    def _keep(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        is_read = asyncio.Event()
        is_read.set()
        self._links[asyncio.ensure_future(self._link(reader, writer, is_read))] = is_read

    async def _link(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, is_read: asyncio.Event
    ) -> None:
        back, forth = await asyncio.open_connection(LOOPBACK, self._target)
        try:
            await asyncio.gather(_pump(reader, forth, is_read), _pump(back, writer, is_read))
        finally:
            writer.transport.abort()
            forth.transport.abort()


async def _pump(
    source: asyncio.StreamReader, sink: asyncio.StreamWriter, is_read: asyncio.Event
) -> None:
    with suppress(OSError):
        while await is_read.wait() and (data := await source.read(65536)):
            await is_read.wait()
            sink.write(data)
            await sink.drain()
    sink.transport.abort()


async def failures(publisher: ConfirmedPublisher, message: Message) -> Sequence[object]:
    publishing = (publisher.publish([message], deadline=0.5) for _ in range(MANY))
    results = await asyncio.gather(*publishing, return_exceptions=True)
    return [result for result in results if isinstance(result, PublishFailedError)]


@pytest.mark.parametrize("body", [b"x", LARGE], ids=["nothing buffered", "much buffered"])
async def test_a_connection_that_is_not_read_is_left_and_another_opened(
    amqp_url: str, body: bytes
) -> None:
    message = Message(exchange=EVENTS_EXCHANGE, routing_key="event.push", body=body)
    async with Relay(URL(amqp_url).port or 0).running() as relay:
        connection = Connection(
            str(URL(amqp_url).with_port(relay.port)), name="a test's", heartbeat=10
        )
        running = asyncio.ensure_future(connection.run())
        publisher = ConfirmedPublisher(connection)

        async def taken() -> bool:
            with suppress(PublishFailedError):
                await publisher.publish([message], deadline=0.5)
                return True
            return False

        await eventually(taken)
        relay.stall()
        assert len(await failures(publisher, message)) == MANY
        await eventually(taken)
        running.cancel()
        await asyncio.wait({running})
