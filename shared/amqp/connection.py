"""One AMQP connection that is opened again, by our own loop, whenever it breaks.

aio-pika's robust connection is not used: it raises on the first connect, hangs publishes while it
is away, and restores consumers from its own memory. A plain one that is thrown away is simpler.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from functools import partial
from typing import Final

import stamina
from aio_pika.abc import AbstractChannel, AbstractConnection
from aio_pika.exceptions import ChannelNotFoundEntity

from shared.amqp import kept, shards, wire
from shared.amqp.channel import Channel
from shared.amqp.errors import BrokerAwayError, broker_errors, describe, ended_by
from shared.amqp.nodes import Nodes
from shared.amqp.shards import Wanted
from shared.logs import get_logger

_SHORTEST_PAUSE: Final = 0.1
# A broker that is back is used again within this time.
_LONGEST_PAUSE: Final = 1.0

Opened = Callable[[Channel], Awaitable[None]]


class Connection:
    """Keeps one connection with one channel open as long as `run` runs.

    `opened` gets each fresh channel, on which the topology is declared already; `channel` is None
    while there is none, and `fault` then says why. `wanted` is declared too.
    """

    def __init__(
        self,
        url: str,
        *,
        name: str,
        heartbeat: int,
        opened: Opened | None = None,
        wanted: Wanted = Wanted(),  # noqa: B008  immutable
    ) -> None:
        self._nodes = Nodes(url, heartbeat=heartbeat)
        self._name = name
        self._opened = opened
        self._wanted = wanted
        self._lost: asyncio.Future[str] | None = None
        self._wire = wire.Wire()
        self._is_declared = False
        self._log = get_logger().bind(connection=name)
        self.channel: Channel | None = None
        self.fault = "not connected yet"

    async def run(self) -> None:
        """Keep the connection open, for ever. Raises TopologyConflictError."""
        retries = partial(
            stamina.retry_context,
            on=BrokerAwayError,
            attempts=None,
            timeout=None,
            wait_initial=_SHORTEST_PAUSE,
            wait_max=_LONGEST_PAUSE,
        )
        while True:
            async with AsyncExitStack() as stack:
                async for attempt in retries():
                    with attempt:
                        lost = await stack.enter_async_context(self._session())
                self.fault = await lost
                self._log.warning("broker.lost", error=self.fault)
            await asyncio.sleep(_SHORTEST_PAUSE)

    def give_up(self, why: str, *, lacks_topology: bool = False) -> None:
        """Throw this connection away and open another: it is open but does not answer.

        Or what was declared on it is gone, and has to be declared anew.
        """
        self._is_declared = self._is_declared and not lacks_topology
        if self._lost:
            self.channel, self.fault = None, why
            _lose(self._lost, why)
            # A good-bye would wait for its answer.
            self._wire.cut()

    @asynccontextmanager
    async def _session(self) -> AsyncIterator[asyncio.Future[str]]:
        """One connection; the future says why it was lost. Raises BrokerAwayError on opening."""
        lost: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        async with AsyncExitStack() as stack:
            try:
                connecting = wire.connected(self._nodes, name=self._name, wire=self._wire)
                connection = await stack.enter_async_context(connecting)
                opening = self._open(connection, lost)
                self.channel = await broker_errors(opening, wire.CONNECT_TIMEOUT)
            except BrokerAwayError as error:
                self.fault = str(error)
                raise
            self._lost, self.fault = lost, ""
            self._log.info("broker.connected")
            try:
                yield lost
            finally:
                self.channel, self._lost = None, None

    async def _open(self, connection: AbstractConnection, lost: asyncio.Future[str]) -> Channel:
        outer = await self._with_topology(connection)
        channel = await Channel.of(outer, self._wire)
        channel.underlay.closing.add_done_callback(
            lambda closing: _lose(lost, describe(ended_by(closing)))
        )
        if self._opened:
            await self._opened(channel)
        return channel

    async def _with_topology(self, connection: AbstractConnection) -> AbstractChannel:
        """A channel, when all that is wanted exists.

        It is declared once, and looked for from then on: a binding that is there already still has
        every node asked, so that one that is frozen would keep us from the others for a minute.
        """
        if self._is_declared:
            channel = await connection.channel()
            with suppress(ChannelNotFoundEntity):
                await shards.look(channel, self._wanted)
                return channel
        channel = await connection.channel()
        await shards.declare(channel, self._wanted)
        if self._wanted.keep:
            await kept.declare(connection, self._wanted.keep)
        self._is_declared = True
        return channel


def _lose(lost: asyncio.Future[str], why: str) -> None:
    if not lost.done():
        lost.set_result(why)
