"""Sites of tests, and what their journals give."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

from geo.following.database_journal import DatabaseJournal
from geo.log.change import Change
from shared.configuration import load
from shared.database import Pool, new_pool
from tests.factories import make_event
from tests.partitions import at, recorder

NOON = "2026-11-28T12:00:00+00:00"


@asynccontextmanager
async def opened(database_url: str, *, size: int = 8) -> AsyncIterator[Pool]:
    async with new_pool(load(), url=database_url, application="test", size=size) as pool:
        yield pool


def journal(pool: Pool, site: str = "lima", **how: Any) -> DatabaseJournal:
    return DatabaseJournal(pool, site, seconds=10.0, **how)


async def record(pool: Pool, *repositories: str) -> None:
    """A tagged push of each, in that order, each its own transaction."""
    for repository in repositories:
        target = make_event("push", repository, target={"tag": "v1"})["target"]
        await recorder(pool).record([at(NOON, target=target)])


async def all_changes(pool: Pool) -> Sequence[Change]:
    lima = journal(pool)
    await lima.cursor()
    return await lima.changes(0, limit=1_000, wait=0)


async def fail(pool: Pool, site: str, *causes: str) -> None:
    """Of as many repositories as the site has pending, one for each cause."""
    lima = journal(pool, site)
    for due, cause in zip(
        await lima.claim(len(causes), timedelta(seconds=30)), causes, strict=True
    ):
        await lima.failed(due, cause, timedelta(hours=1))


async def all_pending(pool: Pool, site: str) -> None:
    lima = journal(pool, site)
    await lima.everything(await lima.cursor())
