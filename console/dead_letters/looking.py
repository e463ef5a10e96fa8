"""Opening a look: its own connection, alone, and everything back in its place at the end."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from functools import partial
from typing import Final, cast

from aiormq.channel import Channel as Underlay
from aiormq.connection import Connection
from yarl import URL

from console.away import ANSWER
from console.dead_letters import lock
from console.dead_letters.counting import PATIENCE, ready
from console.dead_letters.errors import naming
from console.dead_letters.look import READING, Look, Visit
from console.dead_letters.watching import watched
from shared.amqp.channel import Channel
from shared.amqp.errors import BrokerAwayError, broker_errors, describe, ended_by
from shared.amqp.wire import Wire, closing

NAME: Final = "registry-events console"
_HEARTBEAT: Final = 30
_PUT_BACK: Final = 10.0


@asynccontextmanager
async def looking(
    url: str,
    visit: Visit,
    *,
    prefetch: int = READING,
    patience: float = lock.PATIENCE,
    say: lock.Say = lock.silent,
) -> AsyncIterator[Look]:
    """A look, alone. Raises BusyError, BrokerAwayError."""
    wire = Wire()
    amqp = URL(url).update_query(heartbeat=_HEARTBEAT, name=NAME)
    connection = Connection(amqp, transport_factory=wire)
    async with AsyncExitStack() as stack:
        stack.enter_context(naming(url))
        await stack.enter_async_context(closing(connection, wire.cut))
        await broker_errors(connection.connect(), ANSWER)
        await lock.acquire(connection, patience=patience, say=say)
        beside = await broker_errors(connection.channel(), ANSWER)
        asking = partial(beside.queue_declare, lock.LOCK, passive=True)
        await stack.enter_async_context(watched(asking, wire.cut))
        underlay = await broker_errors(connection.channel(publisher_confirms=False), ANSWER)
        channel = Channel(cast("Underlay", underlay), wire)
        look = Look(channel, visit, prefetch)
        channel.on_deliveries = look.receive
        underlay.closing.add_done_callback(lambda closing: look.lose(_closed(closing)))
        underlay.on_consumer_cancel_callbacks.add(lambda _: look.lose(BrokerAwayError("cancelled")))
        try:
            yield look
        finally:
            await look.finish()
        await _until_back(connection, look.seen - look.settled)


async def _until_back(connection: Connection, count: int) -> None:
    """The broker puts back behind the scenes; the next look shall find it all."""
    channel = await broker_errors(connection.channel(publisher_confirms=False), PATIENCE)
    with suppress(TimeoutError):
        async with asyncio.timeout(_PUT_BACK):
            while await ready(channel) < count:  # noqa: ASYNC110  the broker tells nobody
                await asyncio.sleep(0.01)


def _closed(closing: asyncio.Future[object]) -> BrokerAwayError:
    return BrokerAwayError(describe(ended_by(closing)))
