"""Drill 1: kill -9, at random points."""

import asyncio
from functools import partial

from shared.amqp.topology import EVENTS_QUEUE
from tests.drills.chance import CHANCE
from tests.drills.drill import Drill
from tests.drills.load import under_load
from tests.drills.stage import Stage
from tests.processes import Service

# Small, so that a worker is killed in the middle of many.
BATCH = 20


async def worker(stage: Stage) -> None:
    sender = stage.sender(await stage.start(worker_batch_size=BATCH))
    async with under_load(sender):
        for _ in range(stage.scale.kills):
            await stage.expect(partial(_recorded, stage), "nothing was recorded")
            await asyncio.sleep(CHANCE.uniform(0, 1))
            await _replace(stage.services[1])
        await stage.recover(sender)
        await stage.expect(partial(_redelivered, stage), "no killed worker held an event")
    stage.note = f"{await _redelivered(stage)} events delivered again"


async def ingest(stage: Stage) -> None:
    sender = stage.sender(await stage.start())
    async with under_load(sender):
        for _ in range(max(stage.scale.kills // 3, 1)):
            await asyncio.sleep(CHANCE.uniform(0.5, 1.5))
            await _replace(stage.services[0])
        await stage.recover(sender)


async def broker(stage: Stage) -> None:
    sender = stage.sender(await stage.start())
    async with under_load(sender):
        await asyncio.sleep(stage.scale.load)
        await asyncio.to_thread(stage.servers.settle_tables)
        await asyncio.to_thread(stage.servers.rabbitmq.kill)
        await asyncio.to_thread(stage.servers.rabbitmq.start)
        await stage.recover(sender)


async def postgres(stage: Stage) -> None:
    sender = stage.sender(await stage.start(worker_batch_size=BATCH))
    async with under_load(sender):
        for _ in range(max(stage.scale.kills // 3, 1)):
            await asyncio.sleep(stage.scale.load)
            await asyncio.to_thread(stage.servers.postgres.kill)
            await asyncio.to_thread(stage.servers.postgres.start)
            await stage.recover(sender)


async def everything(stage: Stage) -> None:
    sender = stage.sender(await stage.start(workers=2, worker_batch_size=BATCH))
    servers = stage.servers
    async with under_load(sender):
        await asyncio.sleep(stage.scale.load)
        await asyncio.to_thread(stage.servers.settle_tables)
        kills = [
            *(one.kill for one in stage.services),
            servers.rabbitmq.kill,
            servers.postgres.kill,
        ]
        await asyncio.gather(*map(asyncio.to_thread, kills))
        starts = [servers.rabbitmq.start, servers.postgres.start]
        await asyncio.gather(*map(asyncio.to_thread, starts))
        for service in stage.services:
            service.restart()
        await stage.recover(sender)


async def _recorded(stage: Stage) -> float:
    """What the worker has in this life of it."""
    return await stage.metric(stage.services[1], "registry_events_worker_batch_size_sum")


async def _redelivered(stage: Stage) -> int:
    """How many the broker delivered again; its figures are late."""
    call = stage.servers.management.call
    queue = await asyncio.to_thread(call, "GET", stage.queue_path(EVENTS_QUEUE))
    return int(queue.get("message_stats", {}).get("redeliver", 0))


async def _replace(service: Service) -> None:
    await asyncio.to_thread(service.kill)
    service.restart()


DRILLS = (
    Drill("kill -9 a worker, again and again", worker, is_brief=False),
    Drill("kill -9 ingest, again and again", ingest, is_brief=False),
    Drill("kill -9 the broker", broker, is_brief=False),
    Drill("kill -9 Postgres", postgres, is_brief=False),
    Drill("kill -9 everything at once", everything, is_brief=False),
)
