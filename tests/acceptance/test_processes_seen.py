"""What the console makes of a service of several processes: it is one, with the figures of all."""

import asyncio
import json
import os
import signal
from collections.abc import Mapping, Sequence
from typing import Any

from console.local.network.ports import LOOPBACK
from console.overview.sources import services
from tests.consoles import running_console
from tests.factories import make_event
from tests.processes import Processes, Service, post_apart
from tests.status import status
from tests.waiting import eventually

POSTED = 30
REFUSED = 20


def addresses(*asked: Service) -> str:
    return ",".join(f"http://{LOOPBACK}:{service.port}" for service in asked)


async def seen(processes: Processes, *asked: Service) -> Mapping[str, Any]:
    """`status -o json`."""
    urls = (processes.amqp_url, processes.database_url)
    done = await status(*urls, "-o", "json", console_services=addresses(*asked))
    told: dict[str, Any] = json.loads(done.stdout)
    return told


async def test_its_figures_are_those_of_all_processes(processes: Processes) -> None:
    ingest, worker = processes.ingest(ingest_processes=2), processes.worker(worker_processes=2)
    statuses = await post_apart(ingest, [make_event() for _ in range(POSTED)])
    statuses += await post_apart(ingest, [make_event() for _ in range(REFUSED)], token="wrong")
    assert (statuses.count(200), statuses.count(401)) == (POSTED, REFUSED)
    async with processes.pipeline(ingest) as pipeline:
        await pipeline.settled(POSTED)
    told = await seen(processes, ingest, worker)
    for service, kind in zip(told["services"], ("ingest", "worker"), strict=True):
        assert (service["kind"], service["fault"]) == (kind, "")
        assert service["events"] == POSTED == sum(service["events_of"].values())
        assert set(service["events_of"]) == {"1", "2"}
    (refused,) = told["services"][0]["sender_faults"]
    assert (refused["count"], refused["addresses"]) == (REFUSED, [LOOPBACK])
    assert told["services"][1]["in_hand"] == 0
    urls = (processes.amqp_url, processes.database_url)
    async with running_console(*urls, console_services=addresses(ingest, worker)) as visitor:
        page = await visitor.get("/")
    assert page.text.count(", 2 processes") == 2
    assert "Ingest 1 of 1 ready" in page.text


async def test_a_process_that_hangs_is_named_beside_the_figures_of_the_others(
    processes: Processes,
) -> None:
    # Of several, since a question may also reach the one that hangs.
    worker = processes.worker(worker_processes=4)
    os.kill(worker.pid_of(2), signal.SIGSTOP)
    async with services.asking([addresses(worker)]) as look:

        async def named() -> Sequence[Any]:
            return [one for one in await look() if one.fault.startswith("process 2: ")]

        (service,) = await eventually(named)
    os.kill(worker.pid_of(2), signal.SIGCONT)
    assert service.fault == "process 2: no answer within 1.5 s"
    assert list(service.events_of) == ["1", "3", "4"]
    await asyncio.to_thread(worker.wait_until_ready)
