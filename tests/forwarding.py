"""Events that are recorded to be forwarded, and a forward inside the test's process."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

import asyncpg

import forward.app
from console.local.network.ports import LOOPBACK, free_port
from shared.database import Pool, new_pool
from shared.event import Event
from shared.forward_settings import Sink
from shared.settings import CatalogueMode, Settings
from tests.collector import CLOUDEVENTS, Collector
from tests.running import make_settings
from tests.waiting import eventually
from worker.recorder import Recorder

SINKS = (Sink.SNOWPLOW, Sink.CLOUDEVENTS)


def sink_settings(collector: Collector, *sinks: Sink, user: str = "") -> Mapping[str, Any]:
    """What forward needs to reach `collector`; `user` is a user and a password before an @."""
    return {
        "forward": ",".join(sinks or SINKS),
        "forward_listen": f"{LOOPBACK}:{free_port()}",
        "forward_snowplow_url": collector.url(user=user),
        "forward_cloudevents_url": collector.url(CLOUDEVENTS),
    }


@asynccontextmanager
async def opened(database_url: str) -> AsyncIterator[Pool]:
    settings = make_settings("amqp://unused", database_url)
    async with new_pool(settings, url=database_url, application="test", size=4) as pool:
        yield pool


async def record(pool: Pool, events: Sequence[Any], *sinks: Sink) -> None:
    """As a worker does that forwards to `sinks`."""
    recorder = Recorder(pool, mode=CatalogueMode.REGISTER, geo_enabled=True, sinks=sinks)
    await recorder.record([Event.parse(json.dumps(event)) for event in events])


@asynccontextmanager
async def running_forward(database_url: str, **settings: Any) -> AsyncIterator[Settings]:
    """A forward until the block ends, which waits for nothing."""
    made = make_settings("amqp://unused", database_url, **settings)
    task = asyncio.ensure_future(forward.app.run(made))
    try:
        yield made
        assert not task.done(), task.exception()
    finally:
        task.cancel()
        await asyncio.wait({task})


async def emptied(pool: Pool) -> None:
    """Wait until nothing is left to forward."""

    async def empty() -> bool:
        return not await pool.fetchval("SELECT count(*) FROM forward_outbox")

    await eventually(empty)


async def refused(pool: Pool, count: int) -> Sequence[asyncpg.Record]:
    """Wait until sinks have refused that many; the rows that are kept of it."""

    async def enough() -> Sequence[asyncpg.Record]:
        rows = await pool.fetch("SELECT * FROM forward_refused ORDER BY id")
        return rows if len(rows) >= count else ()

    return await eventually(enough)
