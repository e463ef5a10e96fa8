"""Drill 2: the broker is away, frozen, blocked, or loses what was declared."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

from shared.amqp.topology import DEAD_QUEUE, EVENTS_QUEUE
from tests.drills.drill import Drill
from tests.drills.load import Sender, pushes, under_load
from tests.drills.stage import Stage
from tests.factories import make_event
from tests.waiting import eventually

# What is promised after the broker's return, and what "at once" may take on a busy machine.
BACK_SECONDS = 2.0
AT_ONCE_SECONDS = 0.1
DEADLINE_SECONDS = 0.4
# Connections: ingest has one, a worker two.
OURS = 3


async def stopped(stage: Stage) -> None:
    async with _loaded(stage) as sender:
        await asyncio.to_thread(stage.servers.rabbitmq.stop)
        await _outage(stage, sender)
        await asyncio.to_thread(stage.servers.rabbitmq.start)
        await _back(stage, sender)


async def frozen(stage: Stage) -> None:
    async with _loaded(stage) as sender:
        stage.servers.rabbitmq.pause()
        await _outage(stage, sender)
        stage.servers.rabbitmq.resume()
        await _back(stage, sender)


async def alarmed(stage: Stage) -> None:
    async with _loaded(stage) as sender:
        async with stage.servers.memory_alarm():
            await _outage(stage, sender)
        await _back(stage, sender)


async def closed(stage: Stage) -> None:
    async with _loaded(stage) as sender:
        ended = 0
        for _ in range(stage.scale.kills // 3):
            await asyncio.sleep(stage.scale.load)
            await stage.expect(partial(_are_listed, stage), "no connections are there to close")
            ended += await asyncio.to_thread(stage.servers.close_connections)
            await _back(stage, sender)
    stage.note = f"{ended} connections closed"


async def _are_listed(stage: Stage) -> bool:
    """The management side hears of a connection some time after it was opened."""
    return len(await asyncio.to_thread(stage.servers.connections)) >= OURS


async def queue_deleted(stage: Stage) -> None:
    """Empty: what a queue holds is gone with it, which no sender and no receiver can mend."""
    async with _loaded(stage) as sender:
        await asyncio.sleep(stage.scale.load)
    await stage.recorded(stage.ledger.accepted, seconds=60)
    await _delete(stage, EVENTS_QUEUE)
    await _back(stage, sender)
    # The other one is missed, and declared again, when something is to be dead-lettered.
    await _delete(stage, DEAD_QUEUE)
    await sender.post_until_taken([make_event(target={"repository": ""})])


async def _delete(stage: Stage, queue: str) -> None:
    path = stage.queue_path(queue)
    # Deleting what is not there would be no error.
    await asyncio.to_thread(stage.servers.management.call, "GET", path)
    await asyncio.to_thread(stage.servers.management.call, "DELETE", path)


@asynccontextmanager
async def _loaded(stage: Stage) -> AsyncIterator[Sender]:
    sender = stage.sender(await stage.start(ingest_deadline=DEADLINE_SECONDS))
    async with under_load(sender):
        await asyncio.sleep(stage.scale.load)
        yield sender


async def _outage(stage: Stage, sender: Sender) -> None:
    """What ingest says meanwhile: not ready, live, and 503 at once."""
    (port,) = sender.ports

    async def not_ready() -> bool:
        return not await stage.is_ready(port)

    await eventually(not_ready)
    if stage.scale.strict:
        stage.check(holds=await stage.is_live(port), otherwise="not live during the outage")
    else:
        await stage.expect(partial(stage.is_live, port), "not live during the outage")
    ended = time.monotonic() + stage.scale.outage
    times = []
    while time.monotonic() < ended:
        started = time.monotonic()
        answer = await sender.post(pushes())
        times.append(time.monotonic() - started)
        stage.check(holds=answer == "503", otherwise=f"answered {answer} during the outage")
        await asyncio.sleep(0.1)
    typical = sorted(times)[len(times) // 2]
    stage.note = f"503 after {typical * 1000:.0f} ms (median), {max(times) * 1000:.0f} ms at most"
    stage.check(
        holds=not stage.scale.strict or typical < AT_ONCE_SECONDS,
        otherwise=f"503 not at once: after {typical:.2f} s",
    )


async def _back(stage: Stage, sender: Sender) -> None:
    await stage.recover(sender)
    stage.check(
        holds=not stage.scale.strict or (stage.taking or 0) <= BACK_SECONDS,
        otherwise=f"taking notifications again after {stage.taking:.1f} s only",
    )
    (port,) = sender.ports

    async def ready() -> bool:
        return await stage.is_ready(port)

    await eventually(ready)


DRILLS = (
    Drill("the broker is stopped", stopped, is_brief=False),
    Drill("the broker is frozen", frozen),
    Drill("the broker's memory alarm", alarmed, is_brief=False),
    Drill("the broker closes its connections", closed, is_brief=False),
    Drill("the queues are deleted", queue_deleted, is_brief=False),
)
