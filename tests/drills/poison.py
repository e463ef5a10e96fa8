"""Drill 5: events that cannot be recorded, and one that kills who tries."""

import asyncio
import os
import sys
from collections.abc import Sequence
from functools import partial

import asyncpg

from console.dead_letters.queue import visit
from console.dead_letters.queue.broker import connected
from console.local.processes.process import Process
from shared.amqp.dead_letter import Reason
from shared.amqp.topology import DEAD_QUEUE, EVENTS_QUEUE
from tests.databases import refuse_poison
from tests.drills.chance import CHANCE
from tests.drills.drill import Drill
from tests.drills.load import Events, Sender
from tests.drills.stage import Stage
from tests.drills.suicidal_worker import VARIABLE
from tests.factories import make_event
from tests.processes import waiting
from tests.waiting import eventually

POISON = "team/poison"
IN_EACH = 50
PATIENT = 10
# Seconds, in which a worker surely gets all that is there.
GATHERING = 3


async def refused(stage: Stage) -> None:
    good, bad = stage.scale.good, stage.scale.poison
    await _refuse(stage)
    await _post(stage, _shuffled(good, bad))
    await stage.start(ingests=0, workers=2)
    await _dead(stage, bad)


async def unavailable(stage: Stage) -> None:
    """The queue of dead letters takes none: the events wait where they are.

    Their batch's others are recorded. What follows a batch waits with it, so here all are in one;
    a batch is of one queue, and those of several wait for each other.
    """
    await _refuse(stage)
    events = _shuffled(good=200, bad=20)
    sender = await _post(stage, events)
    await _policy(stage, DEAD_QUEUE, {"max-length": 1})
    fillers = await _fill(sender)
    await stage.start(ingests=0, workers=2, worker_batch_wait=GATHERING)
    await stage.expect(partial(_is_refused, stage), "no dead letter was refused")
    good = {event["id"] for event in events if event["target"]["repository"] != POISON}
    if stage.scale.shards == 1:
        await stage.recorded(good, seconds=60)
    await asyncio.sleep(stage.scale.outage)
    stage.check(
        holds=all(one.process.running for one in stage.services), otherwise="a worker has ended"
    )
    await _policy(stage, DEAD_QUEUE, {"max-length": 1_000_000})
    await sender.post_until_taken(fillers[-1])
    await _dead(stage, 20 + len(fillers))


async def _fill(sender: Sender) -> Sequence[Events]:
    """Notifications that ingest dead-letters; it took all but the last.

    A quorum queue tells its publishers that it is full only after it was.
    """
    fillers: list[Events] = []

    async def is_full() -> bool:
        fillers.append([make_event(target={"repository": ""})])
        return await sender.post(fillers[-1]) == "503"

    await eventually(is_full)
    return fillers


async def _is_refused(stage: Stage) -> bool:
    name, workers = "registry_events_publish_failures_total", stage.services[1:]
    return any([await stage.metric(one, name, cause="refused") for one in workers])


async def deadly(stage: Stage) -> None:
    """The broker's own limit ends it; the others that it took along each time are recorded."""
    await _post(stage, [*_shuffled(good=stage.scale.good // 10, bad=1)])
    limit = stage.scale.delivery_limit
    await _policy(stage, EVENTS_QUEUE, {"delivery-limit": limit})
    deaths = 0
    for _ in range(limit + 10):
        if not await _kills_a_worker(stage):
            break
        deaths += 1
    stage.note = f"{deaths} workers died of it"
    await _dead(stage, 1)
    async with connected(stage.processes.amqp_url) as connection:
        reasons = [one.story.reason for one in await visit.last(connection, 2)]
    stage.check(holds=reasons == [Reason.DELIVERY_LIMIT], otherwise=f"it died of {reasons}")


async def _kills_a_worker(stage: Stage) -> bool:
    processes = stage.processes
    process = Process(
        name="suicidal",
        command=[sys.executable, "-m", "tests.drills.suicidal_worker", "worker"],
        log=processes.directory / "suicidal.log",
        environment={
            **os.environ,
            **processes.environment,
            VARIABLE: POISON,
            "REGISTRY_EVENTS_WORKER_LISTEN": "127.0.0.1:0",
        },
    )

    async def over() -> bool:
        if not process.running:
            return True
        dead = await waiting(processes.amqp_url, DEAD_QUEUE)
        return bool(dead) and await stage.queued() == 0

    process.start()
    try:
        await eventually(over, 120)
        return not process.running
    finally:
        await asyncio.to_thread(process.stop)


def _shuffled(good: int, bad: int) -> Events:
    events = [make_event(repository=f"team/app-{n % 50}") for n in range(good)]
    events += [make_event(repository=POISON, target={"tag": "v1"}) for _ in range(bad)]
    CHANCE.shuffle(events)
    return events


async def _post(stage: Stage, events: Events) -> Sender:
    ports = await stage.start(workers=0, ingest_deadline=PATIENT)
    sender = stage.sender(ports)
    for start in range(0, len(events), IN_EACH):
        await sender.post_until_taken(events[start : start + IN_EACH])
    return sender


async def _dead(stage: Stage, number: int) -> None:
    async def buried() -> bool:
        return await waiting(stage.processes.amqp_url, DEAD_QUEUE) >= number

    await eventually(buried, 300)
    dead = await waiting(stage.processes.amqp_url, DEAD_QUEUE)
    stage.check(holds=dead == number, otherwise=f"{dead} dead letters for {number} bad events")


async def _refuse(stage: Stage) -> None:
    connection = await asyncpg.connect(stage.processes.database_url)
    await refuse_poison(connection)
    await connection.close()


async def _policy(stage: Stage, queue: str, definition: dict[str, int]) -> None:
    body = {"pattern": f"^{queue}$", "definition": definition, "apply-to": "queues", "priority": 1}
    path = f"/api/policies/{stage.vhost}/drill"
    await asyncio.to_thread(stage.servers.management.call, "PUT", path, body)


DRILLS = (
    Drill("poison among good events", refused),
    Drill("an event that kills its worker", deadly, is_brief=False),
    Drill("no room for dead letters", unavailable, is_brief=False),
)
