"""Real services under somebody who listens as systemd does."""

import os
import signal
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import psutil
import pytest

from console.local.network.loopback import answers
from console.local.processes.family import family
from console.local.servers.postgres import Postgres
from console.local.servers.rabbitmq import RabbitMQ
from tests.factories import make_envelope, make_event
from tests.locks import ALL_WAIT, locked
from tests.notified import Systemd, abstract, systemd
from tests.processes import Processes, Service
from tests.running import running_pipeline
from tests.waiting import eventually

# Seconds, and how many looks there are in them.
WATCHDOG, LOOKS = 2.0, 4
Listen = Callable[[], None]


@pytest.fixture
def heard(tmp_path: Path) -> Iterator[Systemd]:
    with systemd(tmp_path / "notify") as listening:
        yield listening


@pytest.fixture
def listen(heard: Systemd, monkeypatch: pytest.MonkeyPatch) -> Listen:
    """What is started from then on is heard."""

    def begin() -> None:
        set_environment(monkeypatch, heard)

    return begin


def set_environment(monkeypatch: pytest.MonkeyPatch, heard: Systemd) -> None:
    monkeypatch.setenv("NOTIFY_SOCKET", heard.path)
    monkeypatch.setenv("WATCHDOG_USEC", str(int(WATCHDOG * 1_000_000)))


async def goes_on(heard: Systemd, status: str) -> None:
    """It says so, and for longer than systemd waits."""
    await eventually(lambda: heard.has("STATUS", status))

    async def long() -> bool:
        return heard.pings_since(status) > LOOKS + 1

    await eventually(long)


async def test_ingest_is_ready_when_the_broker_is_there(
    processes: Processes, rabbitmq: RabbitMQ, monkeypatch: pytest.MonkeyPatch
) -> None:
    with systemd(abstract()) as heard:
        set_environment(monkeypatch, heard)
        rabbitmq.pause()
        try:
            ingest = processes.start("ingest")
            await eventually(lambda: heard.has("STATUS", "waits: broker: "))
            assert heard.count("READY") == 0
        finally:
            rabbitmq.resume()
        await eventually(lambda: heard.has("READY", "1"))
        assert answers(ingest.port, "/health/ready")
        await goes_on(heard, "ready")
        await ingest.terminate()
        assert await heard.has("STOPPING", "1")
        assert heard.count("READY") == 1
        assert heard.senders == {ingest.process.pid}


async def test_a_worker_that_waits_for_its_database_goes_on(
    processes: Processes, heard: Systemd, listen: Listen, postgres: Postgres
) -> None:
    async with running_pipeline(processes.amqp_url, processes.database_url, workers=0) as pipeline:
        listen()
        worker = processes.worker(database_timeout=0.3)
        postgres.pause()
        try:
            assert (await pipeline.post(make_envelope(make_event()))).status == 200
            await goes_on(heard, "waits: database: ")
            assert not await heard.has("STATUS", "stuck")
        finally:
            postgres.resume()
        assert len(await pipeline.settled(1)) == 1
        await eventually(lambda: heard.has("STATUS", "ready"))
        await worker.terminate()


async def test_a_worker_that_is_stuck_is_not_said_to_go_on(
    processes: Processes, heard: Systemd, listen: Listen
) -> None:
    async with running_pipeline(processes.amqp_url, processes.database_url, workers=0) as pipeline:
        listen()
        worker = processes.worker(database_timeout=0.3)
        async with locked(processes.database_url, ALL_WAIT):
            assert (await pipeline.post(make_envelope(make_event()))).status == 200
            await eventually(lambda: heard.has("STATUS", "stuck: there is work"))
            assert '"service.stuck"' in worker.log
            assert answers(worker.port, "/health/ready")
            assert heard.pings_since("stuck") == 0
        assert len(await pipeline.settled(1)) == 1
        await goes_on(heard, "ready")
        await worker.terminate()


async def test_the_parent_speaks_for_all(
    processes: Processes, heard: Systemd, listen: Listen
) -> None:
    listen()
    worker = processes.worker(worker_processes=2)
    await goes_on(heard, "ready")
    stopped = a_child(worker)
    stopped.suspend()
    try:
        await eventually(lambda: heard.has("STATUS", "stuck: process"))
        assert heard.pings_since("stuck") == 0
    finally:
        stopped.resume()
    await goes_on(heard, "ready")
    assert heard.count("READY") == 1
    await worker.terminate()
    assert heard.senders == {worker.process.pid}


def a_child(worker: Service) -> psutil.Process:
    assert worker.process.pid
    return min(
        (one for one in family(worker.process.pid) if one.pid != worker.process.pid),
        key=lambda one: one.pid,
    )


ANYWHERE = "127.0.0.1:0"
OTHERS: Mapping[str, Mapping[str, object]] = {
    "console": {"console_listen": ANYWHERE},
    "exporter": {"exporter_listen": ANYWHERE},
    "forward": {
        "forward_listen": ANYWHERE,
        "forward": "snowplow",
        "forward_snowplow_url": "http://127.0.0.1:1",
    },
    "geo serve": {"geo_serve_listen": ANYWHERE},
    "geo follow --site oslo": {},
    "geo sync --site oslo --primary http://127.0.0.1:1 --secondary http://127.0.0.1:2": {
        "geo_sync_listen": ANYWHERE
    },
}


@pytest.mark.parametrize("command", OTHERS)
async def test_the_others_say_when_they_are_ready_and_when_they_end(
    processes: Processes, heard: Systemd, listen: Listen, command: str
) -> None:
    listen()
    process = processes.start_command(*command.split(), **OTHERS[command])
    await eventually(lambda: heard.has("READY", "1"))
    await eventually(lambda: heard.has("WATCHDOG", "1"))
    assert process.pid
    os.kill(process.pid, signal.SIGTERM)
    await eventually(lambda: heard.has("STOPPING", "1"))
    assert heard.count("READY") == 1
    process.finish(seconds=60)
