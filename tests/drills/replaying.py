"""Drill 11: kept events, and all that is recorded of them is lost."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

import asyncpg

from console.local.processes.process import Process
from shared.amqp.kept import KEPT_QUEUE
from tests.drills.drill import Drill
from tests.drills.load import Sender, under_load
from tests.drills.stage import Stage

KEEP = "1d"
END_SECONDS = 300
LOSE = """
TRUNCATE tracking_events, geo_events, container_repositories, other_container_repositories,
    conflicting_events;
UPDATE geo_event_counter SET last_id = 0;
"""


async def killed(stage: Stage) -> None:
    """The replay itself, in the middle; workers record what comes meanwhile."""
    async with _lost(stage) as (sender, lost), under_load(sender):
        for _ in range(stage.scale.kills // 3):
            replay = _replay(stage, batch=5)
            await _has_begun(stage, lost)
            replay.kill()
        await _to_its_end(stage)
    await _all_there(stage)


async def broker_killed(stage: Stage) -> None:
    async with _lost(stage) as (_, lost):
        await asyncio.to_thread(stage.servers.settle_tables)
        replay = _replay(stage, batch=5)
        await _has_begun(stage, lost)
        await asyncio.to_thread(stage.servers.rabbitmq.kill)
        await asyncio.to_thread(stage.servers.rabbitmq.start)
        await stage.expect(partial(_has_ended, replay), "the replay outlived its broker")
        await _to_its_end(stage)
    await _all_there(stage)


async def database_killed(stage: Stage) -> None:
    """It waits, as a worker does."""
    async with _lost(stage) as (_, lost):
        replay = _replay(stage, batch=5)
        await _has_begun(stage, lost)
        await asyncio.to_thread(stage.servers.postgres.kill)
        await asyncio.to_thread(stage.servers.postgres.start)
        await asyncio.to_thread(replay.finish, seconds=END_SECONDS)
    await _all_there(stage)


async def stream_deleted(stage: Stage) -> None:
    """No answer is worse for it than for a queue; what it had is gone."""
    (port,) = await stage.start(keep=KEEP)
    sender = stage.sender([port])
    async with under_load(sender):
        await asyncio.sleep(stage.scale.load)
        path = stage.queue_path(KEPT_QUEUE)
        await asyncio.to_thread(stage.servers.management.call, "GET", path)
        await asyncio.to_thread(stage.servers.management.call, "DELETE", path)
        await stage.recover(sender)
        await asyncio.to_thread(stage.servers.management.call, "GET", path)


async def no_room(stage: Stage) -> None:
    """The broker's disk is full: nothing is taken, and all of it afterwards."""
    (port,) = await stage.start(keep=KEEP)
    sender = stage.sender([port])
    async with under_load(sender):
        await asyncio.sleep(stage.scale.load)
        before = len(stage.ledger.accepted)
        async with stage.servers.disk_alarm():
            await stage.expect(partial(_refuses, stage), "answers in spite of the alarm")
            await asyncio.sleep(stage.scale.outage)
        await stage.recover(sender)
    stage.check(holds=len(stage.ledger.accepted) > before, otherwise="nothing taken afterwards")


async def _refuses(stage: Stage) -> bool:
    return stage.ledger.answers["503"] > 0


@asynccontextmanager
async def _lost(stage: Stage) -> AsyncIterator[tuple[Sender, set[str]]]:
    """A database that has lost what was accepted, recorded and kept."""
    sender = stage.sender(await stage.start(keep=KEEP))
    async with under_load(sender):
        await asyncio.sleep(3 * stage.scale.load)
    await stage.recorded(stage.ledger.accepted, seconds=60)
    connection = await asyncpg.connect(stage.processes.database_url)
    await connection.execute(LOSE)
    await connection.close()
    yield sender, set(stage.ledger.accepted)


def _replay(stage: Stage, *, batch: int) -> Process:
    """In batches that are small enough to be seen."""
    return stage.processes.start_command(
        "replay", "--since", "1d", "--yes", keep=KEEP, worker_batch_size=batch
    )


async def _has_begun(stage: Stage, lost: set[str]) -> None:
    """More of what was lost is there than when it was asked for first."""
    before = await stage.missing(lost)

    async def less() -> bool:
        return await stage.missing(lost) < before

    await stage.expect(less, "a replay records nothing")


async def _has_ended(replay: Process) -> bool:
    return not replay.running


async def _to_its_end(stage: Stage) -> None:
    await asyncio.to_thread(_replay(stage, batch=100).finish, seconds=END_SECONDS)


async def _all_there(stage: Stage) -> None:
    await stage.recorded(stage.ledger.accepted, seconds=60)


DRILLS = (
    Drill("kill -9 a replay, again and again", killed, is_brief=False),
    Drill("kill -9 the broker under a replay", broker_killed, is_brief=False),
    Drill("kill -9 Postgres under a replay", database_killed, is_brief=False),
    Drill("the stream is deleted", stream_deleted),
    Drill("the broker's disk is full", no_room, is_brief=False),
)
