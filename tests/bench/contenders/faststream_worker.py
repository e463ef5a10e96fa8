"""FastStream on RabbitMQ: one process, a call of the subscriber for each message.

As in FastStream's documentation, "RabbitMQ: Queue" and "Lifespan: context"; acknowledged after the
call, and without its lines of log on every message. It reads the same messages as ours.
"""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
import uvloop
from faststream import Context, ContextRepo, FastStream
from faststream.rabbit import Channel, RabbitBroker, RabbitQueue

from shared.amqp.topology import EVENTS_QUEUE
from tests.bench.plain_worker import PREFETCH, record

broker = RabbitBroker(os.environ["AMQP_URL"], logger=None)


@asynccontextmanager
async def lifespan(context: ContextRepo) -> AsyncIterator[None]:
    async with asyncpg.create_pool(os.environ["DATABASE_URL"]) as pool:
        context.set_global("pool", pool)
        yield


app = FastStream(broker, lifespan=lifespan)


@broker.subscriber(
    RabbitQueue(EVENTS_QUEUE, declare=False), channel=Channel(prefetch_count=PREFETCH)
)
async def handle(event: dict[str, Any], pool: Any = Context()) -> None:  # noqa: B008
    async with pool.acquire() as database, database.transaction():
        await record(database, event)


if __name__ == "__main__":
    uvloop.run(app.run())
