"""Messages that stand in the queue before a worker comes, and how it is seen that they are gone."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from itertools import islice
from typing import Any, Final

import aio_pika
import asyncpg
from aio_pika.exceptions import ChannelNotFoundEntity

from shared.amqp.connection import Connection
from shared.amqp.message import Message, event_message, origin
from shared.amqp.publisher import ConfirmedPublisher, Publisher
from shared.amqp.shards import Wanted
from shared.amqp.spreading import SpreadingPublisher
from shared.amqp.topology import EVENTS_QUEUE
from shared.event import Event
from tests.bench.events import pushes, tagged
from tests.waiting import eventually

_TOGETHER: Final = 1000
_CONFIRM_DEADLINE: Final = 60.0
# A plain worker at its slowest needs a few minutes for what one run drains.
_DRAIN_DEADLINE: Final = 900.0
_OTHERS: Final = """
SELECT count(*) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid()
"""
_APPENDED: Final = "SELECT coalesce(max(id), 0) FROM geo_events"
_NEARLY: Final = 0.9
_RECORDED: Final = "SELECT count(*) FROM tracking_events"


async def preload(amqp_url: str, count: int, shards: int = 1) -> float:
    """Declare the topology, then publish `count` events as ingest does.

    Seconds of the publishing alone.
    """
    spent = 0.0
    async with _publisher(amqp_url, shards) as publisher:
        messages = map(_message, pushes(count))
        while some := list(islice(messages, _TOGETHER)):
            started = time.perf_counter()
            await publisher.publish(some, deadline=_CONFIRM_DEADLINE)
            spent += time.perf_counter() - started
    return spent


async def consumed(amqp_url: str, consumers: int = 1) -> None:
    """Wait until the queue has `consumers`."""

    async def has_consumers() -> bool:
        async with await aio_pika.connect(amqp_url) as connection:
            channel = await connection.channel()
            try:
                queue = await channel.declare_queue(EVENTS_QUEUE, passive=True)
            except ChannelNotFoundEntity:
                return False
            return (queue.declaration_result.consumer_count or 0) >= consumers

    await eventually(has_consumers)


async def connected(database_url: str) -> None:
    """Wait until somebody else is connected to the database."""

    async def has_company() -> bool:
        return bool(await query(database_url, _OTHERS))

    await eventually(has_company)


async def recorded(database_url: str, count: int) -> None:
    """Wait until `count` of `pushes` are recorded.

    The last id of the geo events is cheap to look at, a count of rows is not; not all that were
    sent are accepted, so it tells only about how many there are.
    """
    connection = await asyncpg.connect(database_url)

    async def enough() -> bool:
        if await connection.fetchval(_APPENDED) < tagged(count) * _NEARLY:
            return False
        return bool(await connection.fetchval(_RECORDED) >= count)

    try:
        await eventually(enough, _DRAIN_DEADLINE)
    finally:
        await connection.close()


async def query(database_url: str, statement: str) -> Any:
    """The first value that `statement` gives."""
    connection = await asyncpg.connect(database_url)
    try:
        return await connection.fetchval(statement)
    finally:
        await connection.close()


async def purge(amqp_url: str) -> None:
    async with await aio_pika.connect(amqp_url) as connection:
        channel = await connection.channel()
        await (await channel.declare_queue(EVENTS_QUEUE, passive=True)).purge()


def _message(text: str) -> Message:
    return event_message(Event.parse(text), text.encode(), origin(datetime.now(UTC)))


@asynccontextmanager
async def _publisher(amqp_url: str, shards: int) -> AsyncIterator[Publisher]:
    connection = Connection(
        amqp_url, name="registry-events bench", heartbeat=60, wanted=Wanted(shards)
    )
    task = asyncio.ensure_future(connection.run())

    async def is_open() -> bool:
        return connection.channel is not None

    try:
        await eventually(is_open)
        yield SpreadingPublisher(ConfirmedPublisher(connection), shards)
    finally:
        task.cancel()
        await asyncio.wait({task})
