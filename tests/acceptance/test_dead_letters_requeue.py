"""`registry-events dead-letters requeue` on real servers: nothing lost, nothing recorded twice."""

import asyncio
import json
import os
import signal
from collections.abc import AsyncIterator, Sequence

import asyncpg
import pytest

from console.dead_letters.letter import past
from console.local.processes.process import Process
from console.local.report import LocalError
from shared.amqp.dead_letter import Reason
from shared.amqp.topology import DEAD_QUEUE, EVENTS_QUEUE
from tests.acceptance.burying import buried, bury, operate, result
from tests.databases import refuse_poison
from tests.factories import make_event
from tests.processes import Processes, waiting
from tests.waiting import eventually

EVENTS = 5000
END_SECONDS = 60


@pytest.fixture
async def database(
    database_url: str,
) -> "AsyncIterator[asyncpg.Connection[asyncpg.Record]]":
    connection = await asyncpg.connect(database_url)
    yield connection
    await connection.close()


async def recorded(database: "asyncpg.Connection[asyncpg.Record]") -> Sequence[str]:
    rows = await database.fetch("SELECT event_id FROM tracking_events")
    return [row["event_id"] for row in rows]


def requeueing(processes: Processes, *options: str) -> Process:
    return processes.start_command("dead-letters", "requeue", "--all", "--yes", *options)


async def finish(process: Process) -> int | None:
    """Its exit code."""
    try:
        await asyncio.to_thread(process.finish, seconds=END_SECONDS)
    except LocalError:
        assert not process.running, process.log.read_text()
    return process.exit_code


async def test_kill_9_of_the_requeue_and_of_a_worker(
    processes: Processes, database: "asyncpg.Connection[asyncpg.Record]"
) -> None:
    events = [make_event() for _ in range(EVENTS)]
    await bury(processes.amqp_url, events)
    worker = processes.worker(worker_batch_size=20)
    requeue = requeueing(processes, "--rate", "1000")

    async def under_way() -> bool:
        return len(await recorded(database)) >= 500

    await eventually(under_way)
    requeue.kill()
    worker.kill()
    left = await waiting(processes.amqp_url, DEAD_QUEUE)
    assert 0 < left < EVENTS
    processes.worker()
    assert await finish(requeueing(processes)) == 0

    async def all_there() -> bool:
        return len(await recorded(database)) >= EVENTS

    await eventually(all_there)
    assert sorted(await recorded(database)) == sorted(event["id"] for event in events)
    assert await waiting(processes.amqp_url, DEAD_QUEUE) == 0

    async def drained() -> bool:
        return await waiting(processes.amqp_url, EVENTS_QUEUE) == 0

    await eventually(drained)
    assert len(await recorded(database)) == EVENTS


async def test_ctrl_c_stops_between_two_batches(processes: Processes) -> None:
    events = [make_event() for _ in range(2000)]
    await bury(processes.amqp_url, events)
    requeue = requeueing(processes, "--rate", "100")

    async def under_way() -> bool:
        return await waiting(processes.amqp_url, EVENTS_QUEUE) > 0

    await eventually(under_way)
    assert requeue.pid
    os.kill(requeue.pid, signal.SIGINT)
    assert await finish(requeue) == 4
    sent = await waiting(processes.amqp_url, EVENTS_QUEUE)
    assert f"done: {sent} requeued, 0 failed" in requeue.log.read_text()
    assert "stopped: interrupted" in requeue.log.read_text()
    left = [dead_letter.event_id for dead_letter in await buried(processes.amqp_url)]
    assert left == [event["id"] for event in events[sent:]]


async def test_ctrl_c_does_not_wait_for_the_canary(processes: Processes) -> None:
    await bury(processes.amqp_url, [make_event() for _ in range(3)])
    requeue = requeueing(processes, "--canary", "1", "--canary-timeout", "600")

    async def sent() -> bool:
        return await waiting(processes.amqp_url, EVENTS_QUEUE) > 0

    await eventually(sent)
    assert requeue.pid
    os.kill(requeue.pid, signal.SIGINT)
    assert await finish(requeue) == 4
    assert "done: 1 requeued, 0 failed" in requeue.log.read_text()
    assert "stopped: interrupted" in requeue.log.read_text()
    assert await waiting(processes.amqp_url, DEAD_QUEUE) == 2


async def test_only_what_is_selected_and_only_after_a_dry_run(processes: Processes) -> None:
    events = [make_event(repository=f"team/{number % 3}") for number in range(30)]
    await bury(processes.amqp_url, events)
    everything = await buried(processes.amqp_url)
    options = ("requeue", "--repository", "*/1", "--limit", "5")
    dry = await operate(processes, *options, "--dry-run")
    assert dry.returncode == 0
    assert dry.stdout.startswith("requeue 5 dead letters -> queue registry.events\n")
    assert "0 consumers, 0 ready" in dry.stdout
    assert await buried(processes.amqp_url) == everything
    done = await operate(processes, *options, "--yes", "-o", "json")
    assert (done.returncode, json.loads(done.stdout)["done"]) == (0, 5)
    first_five = [one for one in everything if one.repository == "team/1"][:5]
    left = [one for one in everything if one not in first_five]
    assert await buried(processes.amqp_url) == left
    assert await waiting(processes.amqp_url, EVENTS_QUEUE) == 5


async def test_a_plan_says_what_would_die_again(processes: Processes) -> None:
    await bury(processes.amqp_url, [make_event()], reason=Reason.INVALID_EVENT)
    dry = await operate(processes, "requeue", "--all", "--dry-run")
    assert dry.stdout.startswith("requeue 1 dead letter -> queue registry.events\n")
    assert "1 would die again as they are" in dry.stdout
    removed = await operate(processes, "discard", "--all", "--dry-run")
    assert "die again" not in removed.stdout


async def test_a_canary_that_is_recorded(
    processes: Processes, database: "asyncpg.Connection[asyncpg.Record]"
) -> None:
    events = [make_event() for _ in range(50)]
    await bury(processes.amqp_url, events)
    processes.worker()
    done = await operate(processes, "requeue", "--all", "--yes", "--canary", "1")
    assert (done.returncode, result(done)) == (0, "done: 50 requeued, 0 failed, 0 skipped")
    assert "canary: 1 recorded after" in done.stderr

    async def all_there() -> bool:
        return len(await recorded(database)) == 50

    await eventually(all_there)


async def test_a_canary_that_dies_again(
    processes: Processes, database: "asyncpg.Connection[asyncpg.Record]"
) -> None:
    events = [make_event(repository="team/poison", id=f"event-{number}") for number in range(50)]
    await bury(processes.amqp_url, events)
    await refuse_poison(database)
    processes.worker()
    done = await operate(processes, "requeue", "--all", "--yes", "--canary", "1")
    assert done.returncode == 4
    assert "canary: 1 dead again after" in done.stderr
    assert done.stdout.startswith("done: 1 requeued, 0 failed, 0 skipped; history ")
    left = await buried(processes.amqp_url)
    assert [one.event_id for one in left] == [f"event-{number}" for number in (*range(1, 50), 0)]
    assert [one.requeues for one in left] == [0] * 49 + [1]


async def test_a_canary_is_none_that_is_recorded_already(
    processes: Processes, database: "asyncpg.Connection[asyncpg.Record]"
) -> None:
    good, *bad = [make_event(), *(make_event(repository="team/poison") for _ in range(3))]
    await bury(processes.amqp_url, [good])
    processes.worker()
    options = ("requeue", "--all", "--yes", "--canary", "1")
    assert (await operate(processes, *options)).returncode == 0
    await refuse_poison(database)
    await bury(processes.amqp_url, [good, *bad])
    done = await operate(processes, *options)
    assert done.returncode == 4
    assert "canary: 1 dead again after" in done.stderr
    left = [one.event_id for one in await buried(processes.amqp_url)]
    assert left == [good["id"], bad[1]["id"], bad[2]["id"], bad[0]["id"]]


async def test_a_canary_that_nobody_takes(processes: Processes) -> None:
    await bury(processes.amqp_url, [make_event() for _ in range(3)])
    options = ("requeue", "--all", "--yes", "--canary", "2", "--canary-timeout", "0.5")
    done = await operate(processes, *options)
    assert done.returncode == 4
    assert "canary: 2 neither recorded nor dead again" in done.stderr
    assert await waiting(processes.amqp_url, EVENTS_QUEUE) == 2
    assert await waiting(processes.amqp_url, DEAD_QUEUE) == 1


async def test_max_requeues_ends_a_loop(
    processes: Processes, database: "asyncpg.Connection[asyncpg.Record]"
) -> None:
    await bury(processes.amqp_url, [make_event(repository="team/poison")])
    await refuse_poison(database)
    processes.worker()
    for count in (1, 2):
        done = await operate(processes, "requeue", "--all", "--yes", "--as", f"anna-{count}")
        assert done.returncode == 0

        async def dead_again(count: int = count) -> bool:
            return [one.requeues for one in await buried(processes.amqp_url)] == [count]

        await eventually(dead_again)
    refused = await operate(processes, "requeue", "--all", "--yes", "--max-requeues", "2")
    assert refused.returncode == 1
    assert "skipped 1: requeued 2 times or more already" in refused.stderr
    (dead_letter,) = await buried(processes.amqp_url)
    assert dead_letter.headers["requeued-by"] == "anna-2"
    assert dead_letter.story.error == "no row for team/poison"
    first, second = past.before(dead_letter)
    assert first.endswith("3 attempts  RaiseError: no row")
    assert second.endswith("RaiseError: no row for team/poison")
