"""Real processes of ours on one broker and one database."""

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import IO, Any

import aio_pika
import aiohttp
import asyncpg
from prometheus_client.parser import text_string_to_metric_families

from console.local.network.loopback import answers, request
from console.local.network.ports import LOOPBACK, free_port
from console.local.processes.process import Child, Process
from shared.settings import PREFIX
from tests.factories import make_envelope
from tests.forked_command import forking
from tests.running import EVENTS_TYPE, TOKEN, Pipeline, make_settings

COMMAND = (sys.executable, "-m", "console")
READY_SECONDS = 60
END_SECONDS = 60


@dataclass(slots=True)
class ForkedProcess(Process):
    """One of ours, which has imported everything when it starts."""

    def _begun(self, log: IO[bytes]) -> Child:
        arguments = [str(part) for part in self.command[len(COMMAND) :]]
        return forking.begin(arguments, self.environment or {}, log, log, own=["session"])


@dataclass(frozen=True)
class Service:
    """A process of ours; `port` has its health, and what it serves."""

    process: Process
    port: int

    @property
    def log(self) -> str:
        return self.process.log.read_text()

    def wait_until_ready(self) -> None:
        ready = partial(answers, self.port, "/health/ready")
        self.process.wait_until(ready, seconds=READY_SECONDS)

    def pid_of(self, number: int) -> int:
        """Of several processes, that which has this number now."""
        started = [line for line in self.log.splitlines() if '"process.started"' in line]
        numbers = {one["process"]: one["pid"] for one in map(json.loads, started)}
        return int(numbers[number])

    def restart(self) -> None:
        """Start it again when it has ended, with the same address, settings and log."""
        self.process.start()

    def kill(self) -> None:
        """As `kill -9` does, and the kernel when memory is short."""
        self.process.kill()

    async def terminate(self) -> None:
        """SIGTERM, and its end; raises LocalError unless the exit code is 0."""
        assert self.process.pid
        os.kill(self.process.pid, signal.SIGTERM)
        await asyncio.to_thread(self.process.finish, seconds=END_SECONDS)
        assert "Traceback" not in self.log

    def metric(self, name: str, **labels: str) -> float:
        """A figure of its /metrics, 0 if it is not there."""
        text = request(self.port, "GET", "/metrics")[1].decode()
        for family in text_string_to_metric_families(text):
            for sample in family.samples:
                if sample.name == name and labels.items() <= sample.labels.items():
                    return sample.value
        return 0.0


@dataclass
class Processes:
    """Starts services; whoever makes it closes `exits`, which kills what still runs.

    `is_forked`: from a process that has imported all; else as an operator starts them.
    """

    directory: Path
    amqp_url: str
    database_url: str
    exits: ExitStack
    is_forked: bool = False
    _started: int = field(default=0, init=False)

    @property
    def environment(self) -> dict[str, str]:
        return {
            "AMQP_URL": self.amqp_url,
            "DATABASE_URL": self.database_url,
            f"{PREFIX}TOKENS": TOKEN,
        }

    def start(self, command: str, **settings: object) -> Service:
        """Start it without waiting; `settings` by their names in `shared.settings`."""
        port = free_port()
        chosen = {f"{command}_listen": f"{LOOPBACK}:{port}", **settings}
        return Service(self.start_command(command, **chosen), port)

    def geo_serve(self, **settings: object) -> Service:
        port = free_port()
        chosen = {"geo_serve_listen": f"{LOOPBACK}:{port}", **settings}
        service = Service(self.start_command("geo", "serve", **chosen), port)
        service.wait_until_ready()
        return service

    def start_command(self, *arguments: str, **settings: object) -> Process:
        """Start `registry-events` with `arguments`; its log has all that it prints."""
        self._started += 1
        name = f"{arguments[0]}-{self._started}"
        process = (ForkedProcess if self.is_forked else Process)(
            name=name,
            command=[*COMMAND, *arguments],
            log=self.directory / f"{name}.log",
            environment={**os.environ, **self.environment, **variables(**settings)},
        )
        self.exits.callback(process.kill)
        process.start()
        return process

    def ingest(self, **settings: object) -> Service:
        # Long, since these tests share a small machine with what they start.
        service = self.start("ingest", **{"ingest_deadline": 20, **settings})
        service.wait_until_ready()
        return service

    def worker(self, **settings: object) -> Service:
        service = self.start("worker", **settings)
        service.wait_until_ready()
        return service

    def workers(self, number: int, **settings: object) -> Sequence[Service]:
        started = [self.start("worker", **settings) for _ in range(number)]
        for service in started:
            service.wait_until_ready()
        return started

    @asynccontextmanager
    async def pipeline(self, ingest: Service) -> AsyncIterator[Pipeline]:
        settings = make_settings(
            self.amqp_url, self.database_url, ingest_listen=f"{LOOPBACK}:{ingest.port}"
        )
        connection = await asyncpg.connect(self.database_url)
        try:
            async with aiohttp.ClientSession() as http:
                yield Pipeline(settings, http, connection)
        finally:
            await connection.close()


def variables(**settings: object) -> dict[str, str]:
    return {f"{PREFIX}{name.upper()}": str(value) for name, value in settings.items()}


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """`registry-events` with `arguments`, to its end."""
    return forking.run(arguments, {**os.environ, **environment}, seconds=60)


async def post_all(pipeline: Pipeline, events: Sequence[Any], *, in_each: int = 100) -> None:
    """Post `events` in envelopes of `in_each`, one after another, each answered 200."""
    for start in range(0, len(events), in_each):
        answer = await pipeline.post(make_envelope(*events[start : start + in_each]))
        assert answer.status == 200, answer


async def post_apart(ingest: Service, events: Sequence[Any], token: str = TOKEN) -> list[int]:
    """Post each on a connection of its own, as a registry does; gives the answers' statuses."""
    url = f"http://{LOOPBACK}:{ingest.port}/notifications"
    headers = {"Authorization": f"Bearer {token}", "Content-Type": EVENTS_TYPE}
    connector = aiohttp.TCPConnector(force_close=True)
    statuses = []
    async with aiohttp.ClientSession(connector=connector, headers=headers) as http:
        for event in events:
            async with http.post(url, data=make_envelope(event)) as answer:
                statuses.append(answer.status)
    return statuses


async def waiting(amqp_url: str, queue: str) -> int:
    """How many messages of a queue no consumer has."""
    async with await aio_pika.connect(amqp_url) as connection:
        channel = await connection.channel()
        declared = await channel.declare_queue(queue, passive=True)
        return declared.declaration_result.message_count or 0
