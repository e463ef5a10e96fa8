"""PgQueuer: no broker, its queue is a table beside ours. One process, a job an event.

As in PgQueuer's guides, "Running PgQueuer Programmatically" and "Performance Tuning" (a pool,
larger batches of jobs that are short).
"""

import asyncio
import json
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import islice
from typing import Final

import asyncpg
import uvloop
from pgqueuer import PgQueuer, run
from pgqueuer.db import AsyncpgDriver, AsyncpgPoolDriver
from pgqueuer.models import Job
from pgqueuer.queries import Queries

from tests.bench.contenders.starting import start
from tests.bench.events import pushes
from tests.bench.plain_worker import record

_TOGETHER: Final = 1000
_JOBS: Final = 200


@asynccontextmanager
async def worker() -> AsyncIterator[PgQueuer]:
    async with asyncpg.create_pool(os.environ["DATABASE_URL"]) as pool:
        queuer = PgQueuer(AsyncpgPoolDriver(pool))

        @queuer.entrypoint("record")
        async def record_event(job: Job) -> None:
            async with pool.acquire() as database, database.transaction():
                await record(database, json.loads(job.payload or b""))

        yield queuer


async def _fill(count: int) -> None:
    connection = await asyncpg.connect(os.environ["DATABASE_URL"])
    queries = Queries(AsyncpgDriver(connection))
    if not await queries.schema_is_installed():
        await queries.install()
    texts = pushes(count)
    while some := [text.encode() for text in islice(texts, _TOGETHER)]:
        await queries.enqueue(["record"] * len(some), list(some), [0] * len(some))
    await connection.close()


if __name__ == "__main__":
    start(
        lambda count: asyncio.run(_fill(count)),
        lambda: uvloop.run(run(worker, batch_size=_JOBS)),
    )
