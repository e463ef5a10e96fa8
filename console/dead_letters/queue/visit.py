"""Visiting every dead letter: alone, on a connection of its own, and all back in its place."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from functools import partial
from typing import Final, cast

from aiormq.channel import Channel as Underlay
from aiormq.connection import Connection
from yarl import URL

from console.dead_letters.errors import naming
from console.dead_letters.letter.dead_letter import DeadLetter
from console.dead_letters.queue import lock
from console.dead_letters.queue.broker import NAME, Broker
from console.dead_letters.queue.counts import PATIENCE, ready
from console.dead_letters.queue.scan import READING, Scan, Visit
from console.dead_letters.queue.silence import watched
from console.dead_letters.selection import Selection
from console.words.away import ANSWER
from shared.amqp.channel import Channel
from shared.amqp.closing import closing
from shared.amqp.errors import BrokerAwayError, broker_errors, describe, ended_by
from shared.amqp.nodes import Nodes, first
from shared.amqp.wire import Wire

_HEARTBEAT: Final = 30
PUT_BACK: Final = 10.0


@asynccontextmanager
async def exclusive_scan(
    url: str,
    visit: Visit,
    *,
    prefetch: int = READING,
    patience: float = lock.PATIENCE,
    say: lock.Say = lock.silent,
) -> AsyncIterator[Scan]:
    """A scan, which begins when nobody else scans. Raises BusyError, BrokerAwayError."""
    wire, nodes = Wire(), Nodes(url, heartbeat=_HEARTBEAT, name=NAME)
    async with AsyncExitStack() as stack:
        stack.enter_context(naming(url))
        opening = first(nodes, partial(_connected, wire), seconds=ANSWER)
        connection = await stack.enter_async_context(opening)
        await lock.acquire(connection, patience=patience, say=say)
        beside = await broker_errors(connection.channel(), ANSWER)
        asking = partial(beside.queue_declare, lock.LOCK, passive=True)
        await stack.enter_async_context(watched(asking, wire.cut))
        underlay = await broker_errors(connection.channel(publisher_confirms=False), ANSWER)
        channel = Channel(cast("Underlay", underlay), wire)
        scan = Scan(channel, visit, prefetch)
        channel.on_deliveries = scan.receive
        underlay.closing.add_done_callback(lambda closing: scan.lose(_closed(closing)))
        underlay.on_consumer_cancel_callbacks.add(lambda _: scan.lose(BrokerAwayError("cancelled")))
        try:
            yield scan
        finally:
            await scan.finish()
        await _until_back(connection, scan.seen - scan.settled)


@asynccontextmanager
async def _connected(wire: Wire, url: URL, seconds: float) -> AsyncIterator[Connection]:
    connection = Connection(url, transport_factory=wire)
    async with closing(connection, wire.cut):
        await broker_errors(connection.connect(), seconds)
        yield connection


async def _until_back(connection: Connection, count: int) -> None:
    """The broker puts back behind the scenes; the next scan shall find it all."""
    channel = await broker_errors(connection.channel(publisher_confirms=False), PATIENCE)
    with suppress(TimeoutError):
        async with asyncio.timeout(PUT_BACK):
            while await ready(channel) < count:  # noqa: ASYNC110  the broker tells nobody
                await asyncio.sleep(0.01)


def _closed(closing: asyncio.Future[object]) -> BrokerAwayError:
    return BrokerAwayError(describe(ended_by(closing)))


async def each(broker: Broker, visit: Callable[[DeadLetter], object]) -> None:
    """Show every dead letter to `visit`, the oldest first. Raises BusyError, BrokerAwayError."""

    def stay(dead_letter: DeadLetter) -> bool:
        visit(dead_letter)
        return False

    async with exclusive_scan(broker.url, stay, say=broker.say, patience=broker.patience) as scan:
        await scan.more()


def only(
    selection: Selection, visit: Callable[[DeadLetter], object]
) -> Callable[[DeadLetter], None]:
    """Show only what is selected, whatever its limit."""

    def chosen(dead_letter: DeadLetter) -> None:
        if selection.matches(dead_letter):
            visit(dead_letter)

    return chosen


async def last(broker: Broker, count: int) -> Sequence[DeadLetter]:
    """The youngest `count` dead letters, oldest first."""
    youngest: deque[DeadLetter] = deque(maxlen=count)
    await each(broker, youngest.append)
    return list(youngest)
