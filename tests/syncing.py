"""geo sync inside the test's process, and what makes repositories pending for it."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

from console.local.network.ports import LOOPBACK, free_port
from geo.copying.deletions import Rule
from geo.registry.location import Location
from geo.syncing import app
from geo.syncing.order import Order
from geo.syncing.tally import Progress, Tally
from geo.syncing.wanted import Wanted
from shared.database import Pool
from tests.factories import make_event
from tests.forwarding import record
from tests.pairs import Pair
from tests.running import make_settings
from tests.waiting import DEADLINE, eventually

SITE = "west"
PENDING = "SELECT path, attempts, cause FROM geo_pending ORDER BY path"


def order(pair: Pair, *, source: str = "", globs: Sequence[str] = (), **changes: Any) -> Order:
    made = Order(
        SITE,
        None,
        Location.parse(f"http://{source or pair.primary.address}"),
        Location.parse(f"http://{pair.secondary.address}"),
        Wanted("default", globs),
        Rule(),
        at_once=4,
        full=False,
    )
    return made._replace(**changes)


async def sync_once(database_url: str, wanted: Order) -> Tally:
    settings = make_settings("amqp://unused", database_url)
    return await app.run_once(settings, wanted, told)


@asynccontextmanager
async def running_sync(database_url: str, wanted: Order) -> AsyncIterator[None]:
    """One that does not end, until the block does."""
    listen = f"{LOOPBACK}:{free_port()}"
    settings = make_settings("amqp://unused", database_url, geo_sync_listen=listen)
    task = asyncio.ensure_future(app.run(settings, wanted, told))
    try:
        yield
        assert not task.done(), task.exception()
    finally:
        task.cancel()
        await asyncio.wait({task})


def told(_progress: Progress) -> None:
    pass


async def push(pool: Pool, *repositories: str) -> None:
    """The log says that something was pushed to each."""
    await record(pool, [make_event(repository=one) for one in repositories])


async def nothing_pending(pool: Pool, deadline: float = DEADLINE) -> None:
    async def none() -> bool:
        return not await pool.fetchval("SELECT count(*) FROM geo_pending")

    await eventually(none, deadline)
