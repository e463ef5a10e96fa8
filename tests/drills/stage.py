"""Where one drill happens: its own virtual host and database, its processes, load and ledger."""

import asyncio
import itertools
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from urllib.parse import quote

import aiohttp
import asyncpg
from aiormq.exceptions import AMQPError

from console.local.network.loopback import answers, request
from console.sharding import shard as queues
from shared.amqp import wire
from shared.amqp.channel import Channel
from shared.amqp.errors import BrokerAwayError
from shared.amqp.nodes import Nodes
from shared.amqp.shards import Wanted, declare, declare_queue, queue_of
from tests.drills.ledger import Ledger
from tests.drills.load import Events, Sender, opened_http, pushes
from tests.drills.scale import Scale
from tests.drills.servers import Servers
from tests.processes import Processes, Service
from tests.waiting import eventually

DRAIN_SECONDS = 300
RECOVERY_SECONDS = 120
AWAY = (
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    AMQPError,
    BrokerAwayError,
    OSError,
    TimeoutError,
)
ROWS = "SELECT event_id FROM tracking_events"
_numbers = itertools.count(1)


@dataclass
class Stage:
    """`problems` are what a drill found wrong; `taking` and `recording` its time to recover.

    `rows` is what the ledger's ids are looked for in, named event_id.
    """

    servers: Servers
    scale: Scale
    processes: Processes
    http: aiohttp.ClientSession
    exits: AsyncExitStack
    ledger: Ledger = field(default_factory=Ledger)
    problems: list[str] = field(default_factory=list)
    taking: float | None = None
    recording: float | None = None
    note: str = ""
    rows: str = ROWS
    services: list[Service] = field(default_factory=list)

    async def start(
        self,
        ingests: int = 1,
        workers: int = 1,
        *,
        processes: Processes | None = None,
        **settings: object,
    ) -> Sequence[int]:
        """Start services together; the ports of the ingests."""
        kinds = ["ingest"] * ingests + ["worker"] * workers
        settings = {"shards": self.scale.shards, **settings}
        fresh = [(processes or self.processes).start(kind, **settings) for kind in kinds]
        self.services += fresh
        await asyncio.gather(*(asyncio.to_thread(one.wait_until_ready) for one in fresh))
        return [service.port for service in fresh[:ingests]]

    def sender(self, ports: Sequence[int]) -> Sender:
        return Sender(self.http, self.ledger, ports)

    async def recover(self, sender: Sender, events: Events | None = None) -> None:
        """Measure, from now on, until a notification is taken and until its rows are there."""
        events = events or pushes()
        healed = time.monotonic()
        await sender.post_until_taken(events)
        self.taking = max(self.taking or 0, time.monotonic() - healed)
        await self.recorded({event["id"] for event in events}, seconds=RECOVERY_SECONDS)
        self.recording = max(self.recording or 0, time.monotonic() - healed)

    async def recorded(self, ids: set[str], *, seconds: float) -> None:
        async def all_there() -> bool:
            return await self.missing(ids) == 0

        await eventually(all_there, seconds)

    async def missing(self, ids: set[str]) -> int:
        """How many of `ids` have no row; all while the database is away."""
        query = f"SELECT count(DISTINCT event_id) FROM ({self.rows}) r WHERE event_id = ANY($1)"  # noqa: S608  ours
        return len(ids) - int(await self.ask(query, list(ids)) or 0)

    async def ask(self, query: str, *arguments: object) -> Any:
        """The first value that it gives; None while the database is away."""
        try:
            connection = await asyncpg.connect(self.processes.database_url, timeout=5)
            try:
                return await connection.fetchval(query, *arguments)
            finally:
                connection.terminate()
        except AWAY:
            return None

    async def queued(self) -> int:
        """Messages in the work queues that no consumer has; 1 while the broker is away."""
        try:
            nodes = Nodes(self.processes.amqp_url)
            async with wire.connected(nodes, name="drill") as connection:
                channel = await connection.channel()
                names = map(queue_of, range(self.scale.shards))
                queues = [await channel.declare_queue(name, passive=True) for name in names]
                return sum(queue.declaration_result.message_count or 0 for queue in queues)
        except AWAY:
            return 1

    async def in_hand(self) -> int:
        """Messages of the work queues that no worker has any more, nor the queue yet."""
        ask = self.servers.in_hand
        paths = [self.queue_path(queue_of(shard)) for shard in range(self.scale.shards)]
        return sum([await asyncio.to_thread(ask, path) for path in paths])

    async def expect(self, look: Callable[[], Awaitable[object]], otherwise: str) -> None:
        """Wait for what the fault must do; raises AssertionError, since the rest tries nothing."""
        try:
            await eventually(look)
        except TimeoutError:
            raise AssertionError(otherwise) from None

    def queue_path(self, queue: str) -> str:
        """Of the broker's API."""
        return f"/api/queues/{self.vhost}/{quote(queue, safe='')}"

    @property
    def vhost(self) -> str:
        """As a part of a path."""
        return quote(self.processes.amqp_url.rpartition("/")[2], safe="")

    def check(self, *, holds: bool, otherwise: str) -> None:
        if not holds:
            self.problems.append(otherwise)

    async def metric(self, service: Service, name: str, **labels: str) -> float:
        """A figure of a service, 0 while it does not answer."""
        try:
            return await asyncio.to_thread(service.metric, name, **labels)
        except OSError:
            return 0.0

    async def is_ready(self, port: int) -> bool:
        return await asyncio.to_thread(answers, port, "/health/ready")

    async def is_live(self, port: int) -> bool:
        return await asyncio.to_thread(answers, port, "/health/live")

    async def readiness(self, port: int) -> str:
        return (await asyncio.to_thread(request, port, "GET", "/health/ready"))[1].decode()

    def behind(self, *, amqp_port: int = 0, database_port: int = 0) -> Processes:
        """Processes that reach their servers through proxies."""
        amqp, database = self.processes.amqp_url, self.processes.database_url
        if amqp_port:
            amqp = amqp.replace(f":{self.servers.rabbitmq.port}/", f":{amqp_port}/")
        if database_port:
            database = database.replace(f":{self.servers.postgres.port}/", f":{database_port}/")
        directory = self.processes.directory / f"behind-{next(_numbers)}"
        return replace(self.processes, directory=directory, amqp_url=amqp, database_url=database)


@asynccontextmanager
async def staged(servers: Servers, scale: Scale, directory: Path) -> AsyncIterator[Stage]:
    name = f"drill_{next(_numbers)}"
    async with servers.urls(name) as urls:
        with ExitStack() as exits:
            processes = Processes(directory / name, *urls, exits, is_forked=not scale.strict)
            await _spread(processes.amqp_url, scale.shards)
            async with opened_http(scale.patience) as http, AsyncExitStack() as proxies:
                try:
                    yield Stage(servers, scale, processes, http, proxies)
                finally:
                    await asyncio.to_thread(exits.close)
                    await servers.heal()


async def _spread(amqp_url: str, shards: int) -> None:
    """As `registry-events shards` leaves it when workers take from all of them."""
    if shards == 1:
        return
    plug = wire.Wire()
    async with wire.connected(Nodes(amqp_url), name="drill", wire=plug) as connection:
        outer = await connection.channel()
        await declare(outer, Wanted(shards))
        channel = await Channel.of(outer, plug)
        for shard in range(1, shards):
            await declare_queue(channel.underlay, shard)
            await queues.bind(channel, shard)
