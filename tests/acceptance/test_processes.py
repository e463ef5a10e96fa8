"""Several processes under one command: they are one service, whatever becomes of one of them."""

import asyncio
import dataclasses
import json
import os
import signal
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import aiohttp
import psutil
import pytest

from console.local.network.loopback import request
from console.local.network.ports import LOOPBACK, free_port
from console.local.processes.family import family, is_alive
from console.local.report import LocalError
from shared.amqp.topology import DEAD_QUEUE, EVENTS_QUEUE
from tests.factories import make_event
from tests.processes import END_SECONDS, Processes, Service, post_all, post_apart, waiting
from tests.waiting import eventually

EVENTS = 2000


def children(service: Service) -> set[psutil.Process]:
    """The processes that share its work."""
    assert service.process.pid
    return {one for one in family(service.process.pid) if one.pid != service.process.pid}


def lines(service: Service) -> Sequence[Mapping[str, Any]]:
    """Those of its log."""
    return [json.loads(line) for line in service.log.splitlines() if line.startswith("{")]


async def test_they_share_the_work_and_end_as_one(processes: Processes) -> None:
    ingest, worker = processes.ingest(ingest_processes=2), processes.worker(worker_processes=2)
    assert (len(children(ingest)), len(children(worker))) == (2, 2)
    events = [make_event() for _ in range(60)]
    assert set(await post_apart(ingest, events)) == {200}
    async with processes.pipeline(ingest) as pipeline:
        await post_all(pipeline, [make_event() for _ in range(EVENTS)])
        rows = await pipeline.settled(len(events) + EVENTS)
        assert len(rows) == len(events) + EVENTS
    for service, name in ((ingest, "ingest_requests_total"), (worker, "tracking_events_total")):
        for process in ("1", "2"):
            assert service.metric(f"registry_events_{name}", process=process) > 0
        await service.terminate()
        listening = [line for line in lines(service) if line["event"] == "service.listening"]
        assert sorted(line["process"] for line in listening) == [1, 2]
    assert await waiting(processes.amqp_url, DEAD_QUEUE) == 0


async def test_ctrl_c_ends_them_however_often(processes: Processes) -> None:
    worker = processes.worker(worker_processes=2)
    left = children(worker)
    assert worker.process.pid
    for _ in range(2):
        # To the whole group, as a terminal does.
        os.killpg(worker.process.pid, signal.SIGINT)
    await asyncio.to_thread(worker.process.finish, seconds=END_SECONDS)
    assert "Traceback" not in worker.log
    assert not any(is_alive(one) for one in left)


async def test_one_process_is_no_family(processes: Processes) -> None:
    ingest = processes.ingest()
    assert children(ingest) == set()
    assert not [line for line in lines(ingest) if "process" in line]


async def test_a_killed_worker_is_replaced_and_what_it_held_is_recorded_once(
    processes: Processes,
) -> None:
    async with processes.pipeline(processes.ingest()) as pipeline:
        await post_all(pipeline, [make_event() for _ in range(EVENTS)])
        worker = processes.worker(worker_processes=2, worker_batch_size=20)
        await pipeline.settled(200)
        before = worker.pid_of(2)
        os.kill(before, signal.SIGKILL)
        assert len(await pipeline.settled(EVENTS)) == EVENTS
        await replaced(worker, 2, before)
        geo = [row["id"] for row in await pipeline.rows("geo_events")]
    assert geo == list(range(1, EVENTS + 1))
    (ended,) = [line for line in lines(worker) if line["event"] == "process.ended"]
    assert (ended["process"], ended["how"]) == (2, "by SIGKILL")
    await worker.terminate()
    assert await waiting(processes.amqp_url, EVENTS_QUEUE) == 0
    assert await waiting(processes.amqp_url, DEAD_QUEUE) == 0


async def test_a_killed_ingest_is_replaced_and_keeps_nobody_from_posting(
    processes: Processes,
) -> None:
    ingest = processes.ingest(ingest_processes=2)
    before = ingest.pid_of(1)
    taken: list[str] = []
    async with processes.pipeline(ingest) as pipeline:
        posting = asyncio.ensure_future(post_until_taken(ingest, taken))

        async def under_load() -> bool:
            return len(taken) >= 50

        await eventually(under_load)
        os.kill(before, signal.SIGKILL)
        await replaced(ingest, 1, before)
        posting.cancel()
        processes.worker()
        rows = await pipeline.settled(len(taken))
    assert len(rows) - len(taken) in {0, 1}
    assert set(taken) <= {row["event_id"] for row in rows}
    await ingest.terminate()


async def replaced(service: Service, number: int, before: int) -> None:
    """Another process has the place of the one that was `before`, and all are ready."""

    async def another() -> bool:
        return service.pid_of(number) != before

    await eventually(another)
    await asyncio.to_thread(service.wait_until_ready)


async def post_until_taken(service: Service, taken: list[str]) -> None:
    """One event after another, each until it is answered 200, as a registry does."""
    while True:
        event = make_event()
        while event["id"] not in taken:
            with suppress(aiohttp.ClientError):
                if await post_apart(service, [event]) == [200]:
                    taken.append(event["id"])


@pytest.mark.parametrize("command", ["ingest", "worker"])
async def test_nobody_outlives_a_killed_parent(
    processes: Processes, command: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A socket's path may have a hundred characters.
    with TemporaryDirectory() as name:
        monkeypatch.setenv("TMPDIR", name)
        await nothing_is_left(processes, command, Path(name))


def held_in(directory: Path) -> int:
    return len(list(directory.iterdir()))


async def nothing_is_left(processes: Processes, command: str, sockets: Path) -> None:
    service = processes.start(command, **{f"{command}_processes": 2})
    service.wait_until_ready()
    left = children(service)
    assert (len(left), held_in(sockets)) == (2, 1)
    assert service.process.pid
    os.kill(service.process.pid, signal.SIGKILL)

    async def ended() -> bool:
        return not any(is_alive(one) for one in left)

    await eventually(ended)
    assert not held_in(sockets)


async def test_a_broker_that_is_away_is_said_of_each(processes: Processes) -> None:
    away = dataclasses.replace(processes, amqp_url=f"amqp://guest:guest@{LOOPBACK}:1/")
    for service in (
        away.start("ingest", ingest_processes=2),
        away.start("worker", worker_processes=2),
    ):

        async def both_answer(service: Service = service) -> bool:
            return "processes 1, 2: " in (await ready(service))[1].get("broker", "")

        await eventually(both_answer)
        status, missing = await ready(service)
        assert (status, list(missing)) == (503, ["broker"])
        assert "Connection refused" in missing["broker"]
        assert request(service.port, "GET", "/health/live")[0] == 200


async def test_a_process_that_hangs_is_named(processes: Processes) -> None:
    # Of several, since a question may also reach the one that hangs.
    worker = processes.worker(worker_processes=4)
    os.kill(worker.pid_of(2), signal.SIGSTOP)

    async def named() -> bool:
        return (await ready(worker)) == (503, {"process 2": "no answer within 1.5 s"})

    await eventually(named)
    os.kill(worker.pid_of(2), signal.SIGCONT)
    await asyncio.to_thread(worker.wait_until_ready)
    assert (await ready(worker)) == (200, {})


async def ready(service: Service) -> tuple[int, dict[str, str]]:
    """The status and what is missing; nothing if none listens, or one was asked that hangs."""
    try:
        asking = partial(request, service.port, "GET", "/health/ready", timeout=2)
        status, answer = await asyncio.to_thread(asking)
    except OSError:
        return 0, {}
    return status, json.loads(answer)["missing"]


async def test_one_that_does_not_end_is_killed_and_that_is_said(processes: Processes) -> None:
    worker = processes.worker(worker_processes=2, worker_drain_timeout=0.5)
    hanging = children(worker)
    os.kill(worker.pid_of(2), signal.SIGSTOP)
    with pytest.raises(LocalError, match="exit code 1"):
        await worker.terminate()
    assert "Error: process 2 did not end within 8.5 s and was killed" in worker.log
    assert not any(is_alive(one) for one in hanging)


async def test_a_free_port_is_found_for_all(processes: Processes) -> None:
    worker = processes.start("worker", worker_listen=f"{LOOPBACK}:0", worker_processes=2)

    async def addresses() -> Sequence[str]:
        found = [line["address"] for line in lines(worker) if "address" in line]
        return found if len(found) == 2 else ()

    first, second = await eventually(addresses)
    assert first == second != f"{LOOPBACK}:0"


async def test_of_two_that_start_at_once_on_a_port_one_is_refused(processes: Processes) -> None:
    listen = f"{LOOPBACK}:{free_port()}"
    both = [processes.start("ingest", ingest_listen=listen, ingest_processes=2) for _ in range(2)]

    async def ended() -> Sequence[Service]:
        return [one for one in both if one.process.exit_code is not None]

    (refused,) = await eventually(ended)
    assert refused.process.exit_code == 1
    assert f"Error: cannot listen on {listen}: Address already in use" in refused.log
