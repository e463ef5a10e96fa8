"""A real ingest and a real worker inside the test's process, on a real broker and database."""

import asyncio
from collections.abc import AsyncIterator, Coroutine, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import aio_pika
import aiohttp
import asyncpg

import ingest.app
import worker.app
from console.dead_letters.letter.dead_letter import DeadLetter
from console.dead_letters.queue import visit
from console.dead_letters.queue.broker import connected
from console.local.network.ports import free_port
from shared.amqp.topology import DEAD_QUEUE
from shared.configuration import load
from shared.settings import Settings
from tests.databases import EMPTY
from tests.factories import make_envelope, make_event
from tests.waiting import eventually

TOKEN = "s3cret-token"
RECORDED = "SELECT 1 FROM tracking_events WHERE event_id = $1"
EVENTS_TYPE = "application/vnd.docker.distribution.events.v1+json"


@dataclass(frozen=True)
class Answer:
    status: int
    json: Any
    headers: dict[str, str]


@dataclass
class Pipeline:
    """Where a test sends notifications, and where it sees what became of them."""

    settings: Settings
    http: aiohttp.ClientSession
    database: "asyncpg.Connection[asyncpg.Record]"

    @property
    def url(self) -> str:
        return f"http://{self.settings.ingest_listen}"

    async def post(self, body: bytes, *, path: str = "/notifications", **headers: str) -> Answer:
        """POST with the token and the registry's content type unless `headers` say otherwise."""
        sent = {"Authorization": f"Bearer {TOKEN}", "Content-Type": EVENTS_TYPE}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        async with self.http.post(
            self.url + path, data=BytesIO(body), headers=sent, allow_redirects=False
        ) as response:
            is_json = response.content_type == "application/json"
            answer = await response.json() if is_json else await response.text()
            return Answer(response.status, answer, dict(response.headers))

    async def rows(self, table: str = "tracking_events") -> Sequence[asyncpg.Record]:
        return await self.database.fetch(f"SELECT * FROM {table} ORDER BY 1")  # noqa: S608

    async def settled(self, count: int, table: str = "tracking_events") -> Sequence[asyncpg.Record]:
        """Wait until `table` has `count` rows or more."""

        async def enough() -> Sequence[asyncpg.Record]:
            rows = await self.rows(table)
            return rows if len(rows) >= count else ()

        return await eventually(enough)

    async def dead_letters(self, count: int) -> Sequence[DeadLetter]:
        """Wait until there are `count` dead letters or more, oldest first."""

        async def enough() -> Sequence[DeadLetter]:
            async with connected(amqp_url(self.settings)) as connection:
                found = await visit.last(connection, 1000)
            return found if len(found) >= count else ()

        return await eventually(enough)


async def emptied(pipeline: Pipeline) -> None:
    """As if nothing had been sent: waits until it is settled, in its order, and takes it away."""
    last = make_event("push", "team/last")
    assert (await pipeline.post(make_envelope(last))).json["accepted"] == 1

    async def recorded() -> object:
        return await pipeline.database.fetchval(RECORDED, last["id"])

    await eventually(recorded)
    await pipeline.database.execute(EMPTY)
    async with await aio_pika.connect(amqp_url(pipeline.settings)) as connection:
        channel = await connection.channel()
        await (await channel.get_queue(DEAD_QUEUE, ensure=False)).purge()


def amqp_url(settings: Settings) -> str:
    assert settings.amqp_url
    return settings.amqp_url.get_secret_value()


def make_settings(amqp_url: str, database_url: str, **changes: Any) -> Settings:
    return load(
        **{
            "amqp_url": amqp_url,
            "database_url": database_url,
            "tokens": TOKEN,
            "ingest_listen": f"127.0.0.1:{free_port()}",
            "worker_listen": f"127.0.0.1:{free_port()}",
            **changes,
        }
    )


@asynccontextmanager
async def running(process: Coroutine[Any, Any, None], listen: str) -> AsyncIterator[None]:
    """Run a service until the block ends; the block starts when it is ready."""
    task = asyncio.ensure_future(process)

    async def ready() -> bool:
        if task.done():
            task.result()
        try:
            async with http.get(f"http://{listen}/health/ready") as response:
                return response.status == 200
        except aiohttp.ClientError:
            return False

    async with aiohttp.ClientSession() as http:
        try:
            await eventually(ready)
            yield
        finally:
            task.cancel()
            await asyncio.wait({task})


@asynccontextmanager
async def running_pipeline(
    amqp_url: str, database_url: str, *, workers: int = 1, **changes: Any
) -> AsyncIterator[Pipeline]:
    settings = make_settings(amqp_url, database_url, **changes)
    connection = await asyncpg.connect(database_url)
    try:
        async with (
            aiohttp.ClientSession() as http,
            running(ingest.app.run(settings), settings.ingest_listen),
        ):
            pipeline = Pipeline(settings, http, connection)
            if not workers:
                yield pipeline
                return
            async with running(worker.app.run(settings), settings.worker_listen):
                yield pipeline
    finally:
        await connection.close()
