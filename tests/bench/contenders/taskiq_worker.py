"""taskiq with its broker for RabbitMQ: one worker process, a task an event.

As in taskiq's guide, "State and dependencies" (a pool in the state) and "CLI", and in the README of
taskiq-aio-pika (a quorum queue); a task is acknowledged when it is done.
"""

import asyncio
import json
import os
from itertools import islice
from typing import Annotated, Any, Final

import asyncpg
from taskiq import Context, TaskiqDepends, TaskiqEvents, TaskiqState
from taskiq_aio_pika import AioPikaBroker, Queue, QueueType

from shared.amqp.topology import EVENTS_QUEUE
from tests.bench.contenders.starting import become, start
from tests.bench.events import pushes
from tests.bench.plain_worker import PREFETCH, record

_TOGETHER: Final = 200

broker = AioPikaBroker(os.environ["AMQP_URL"], qos=PREFETCH).with_queue(
    Queue(name=EVENTS_QUEUE, type=QueueType.QUORUM)
)


@broker.on_event(TaskiqEvents.WORKER_STARTUP)
async def open_pool(state: TaskiqState) -> None:
    state.pool = await asyncpg.create_pool(os.environ["DATABASE_URL"])


@broker.task(task_name="record")
async def record_event(event: dict[str, Any], context: Annotated[Context, TaskiqDepends()]) -> None:
    async with context.state.pool.acquire() as database, database.transaction():
        await record(database, event)


async def _fill(count: int) -> None:
    await broker.startup()
    events = map(json.loads, pushes(count))
    while some := list(islice(events, _TOGETHER)):
        await asyncio.gather(*map(record_event.kiq, some))
    await broker.shutdown()


if __name__ == "__main__":
    worker = ("worker", "tests.bench.contenders.taskiq_worker:broker")
    start(
        lambda count: asyncio.run(_fill(count)),
        become("taskiq", *worker, "--workers", "1", "--log-level", "WARNING"),
    )
