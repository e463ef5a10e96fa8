"""Drill 6: SIGTERM under load: an end in time, with exit code 0, and nothing lost."""

import asyncio
import time
from collections.abc import Sequence

from tests.drills.drill import Drill
from tests.drills.load import under_load
from tests.drills.stage import Stage
from tests.processes import Service

DRAIN = 3.0
# For the interpreter to end, and for answers in hand.
MORE = 8.0


async def each(stage: Stage) -> None:
    sender = stage.sender(await stage.start(ingests=1, workers=2, worker_drain_timeout=DRAIN))
    async with under_load(sender):
        for service in stage.services:
            await asyncio.sleep(stage.scale.load)
            await _end(stage, [service])
            service.restart()
            await asyncio.to_thread(service.wait_until_ready)
        await stage.recover(sender)


async def together(stage: Stage) -> None:
    sender = stage.sender(await stage.start(ingests=1, workers=2, worker_drain_timeout=DRAIN))
    async with under_load(sender):
        await asyncio.sleep(stage.scale.load)
        await _end(stage, stage.services)
        for service in stage.services:
            service.restart()
        await stage.recover(sender)


async def frozen_servers(stage: Stage) -> None:
    """Neither a broker nor a database that does not answer keeps a process from ending."""
    sender = stage.sender(await stage.start(ingests=1, workers=2, worker_drain_timeout=DRAIN))
    async with under_load(sender):
        await asyncio.sleep(stage.scale.load)
        stage.servers.postgres.pause()
        await asyncio.sleep(1)
        stage.servers.rabbitmq.pause()
        await asyncio.sleep(1)
        await _end(stage, stage.services)
        stage.servers.postgres.resume()
        stage.servers.rabbitmq.resume()
        for service in stage.services:
            service.restart()
        await stage.recover(sender)


async def _end(stage: Stage, services: Sequence[Service]) -> None:
    started = time.monotonic()
    # Checks the exit code, and that there is no traceback.
    await asyncio.gather(*(service.terminate() for service in services))
    took = time.monotonic() - started
    stage.check(holds=took <= DRAIN + MORE, otherwise=f"took {took:.1f} s to end")
    stage.note = f"ended within {took:.1f} s"


DRILLS = (
    Drill("SIGTERM of one after another", each),
    Drill("SIGTERM of all", together, is_brief=False),
    Drill("SIGTERM beside frozen servers", frozen_servers, is_brief=False),
)
