"""Whose lock it is that keeps workers, or the console itself, from the tables."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import uuid4

import asyncpg
import pytest

from console.overview.sources import database
from console.words.away import ANSWER
from shared.database import new_pool
from tests.consoles import running_console
from tests.factories import make_envelope, make_event
from tests.locks import A_ROW, ALL_WAIT, NOBODY_WAITS, WRITERS_WAIT, locked
from tests.running import Pipeline, make_settings, running_pipeline
from tests.status import status, status_of
from tests.waiting import eventually

HOSTILE = "\x1b[2J" + "x" * 60
WAITING = "SELECT count(*) FROM pg_locks WHERE NOT granted"


@pytest.fixture
async def pipeline(amqp_url: str, database_url: str) -> AsyncIterator[Pipeline]:
    async with running_pipeline(amqp_url, database_url) as running:
        yield running


async def test_a_locked_table_is_said_to_be_locked_and_by_whom(
    pipeline: Pipeline, database_url: str
) -> None:
    async with locked(database_url, ALL_WAIT) as pid:
        shown = await status_of(pipeline, services=False)
        found = re.search(
            rf"^! a lock of session {pid} \(psql, user \w+, idle in transaction for \d+ s\) keeps "
            r"everybody from the tables, also from reading them; .* end it: `(SELECT .*)`$",
            shown,
            re.MULTILINE,
        )
        assert found, shown
        assert shown.startswith("DOWN: it is not working\n")
        assert re.search(r"^database +PostgreSQL [\d.]+, locked$", shown, re.MULTILINE)
        # What it says to do helps.
        await pipeline.database.execute(found[1])
        assert (await status_of(pipeline, services=False)).startswith("OK: it is working")


async def test_a_look_neither_hangs_nor_goes_on_waiting(database_url: str) -> None:
    settings = make_settings("amqp://unused", database_url)
    other = await asyncpg.connect(database_url)
    version = (await other.fetchval("SHOW server_version")).split()[0]
    async with (
        new_pool(settings, url=database_url, application="registry-events console") as pool,
        locked(database_url, ALL_WAIT, application=HOSTILE) as pid,
    ):
        async with asyncio.timeout(ANSWER + 0.5):
            seen = await database.look(pool, database_url)
        assert (seen.fault, seen.version) == ("", version)
        (holder,) = seen.lock_holders
        assert (seen.is_locked, holder.pid) == (True, pid)
        assert holder.application.isprintable()
        assert await other.fetchval(WAITING) == 0
        # What was set for the look is not left behind.
        assert await pool.fetchval("SHOW lock_timeout") == "0"
    await other.close()


@pytest.mark.parametrize("lock", [WRITERS_WAIT, A_ROW])
async def test_a_worker_that_waits_is_seen_without_knowing_its_address(
    pipeline: Pipeline, database_url: str, lock: str
) -> None:
    async with locked(database_url, lock) as pid:
        assert (await pipeline.post(make_envelope(make_event()))).status == 200
        expected = f"! a lock of session {pid} (psql, user "

        async def shown() -> str:
            text = await status_of(pipeline, services=False)
            return text if expected in text else ""

        text = await eventually(shown)
        assert "keeps 1 session of registry-events waiting; " in text
        assert text.startswith("DEGRADED: it is working: ")
    await pipeline.settled(1)
    assert (await status_of(pipeline, services=False)).startswith("OK: ")


async def test_the_session_that_others_wait_for_is_the_one_at_their_end(
    pipeline: Pipeline, database_url: str
) -> None:
    async with locked(database_url, NOBODY_WAITS, application="pg_dump") as pid:
        wanting = asyncio.ensure_future(pipeline.database.execute(f"BEGIN; {ALL_WAIT}"))

        async def wants() -> bool:
            other = await asyncpg.connect(database_url)
            try:
                return bool(await other.fetchval(WAITING))
            finally:
                await other.close()

        await eventually(wants)
        shown = await status_of(pipeline, services=False)
        assert f"! a lock of session {pid} (pg_dump, user " in shown
        assert str(pipeline.database.get_server_pid()) not in shown
    await wanting
    await pipeline.database.execute("ROLLBACK")


@asynccontextmanager
async def reader(database_url: str) -> AsyncIterator[str]:
    """The URL of a user who may read the tables, and nothing of other users' sessions."""
    name = f"reader_{uuid4().hex}"
    owner = await asyncpg.connect(database_url)
    await owner.execute(f"CREATE ROLE {name} LOGIN")
    try:
        await owner.execute(f"GRANT SELECT ON ALL TABLES IN SCHEMA public TO {name}")
        yield re.sub(r"//[^@]*@", f"//{name}@", database_url)
    finally:
        await owner.execute(f"DROP OWNED BY {name}")
        await owner.execute(f"DROP ROLE {name}")
        await owner.close()


@pytest.mark.parametrize("lock", [ALL_WAIT, WRITERS_WAIT])
async def test_a_user_who_may_not_see_others_still_learns_whom_to_end(
    pipeline: Pipeline, amqp_url: str, database_url: str, lock: str
) -> None:
    async with reader(database_url) as url, locked(database_url, lock) as pid:
        assert (await pipeline.post(make_envelope(make_event()))).status == 200
        hidden = (
            rf"! a lock of session {pid} \(psql, user \w+, its state is hidden from this user\)"
        )

        async def shown() -> bool:
            return bool(re.search(hidden, (await status(amqp_url, url)).stdout))

        await eventually(shown)
    await pipeline.settled(1)


async def test_the_page_says_it_too(amqp_url: str, database_url: str) -> None:
    async with locked(database_url, ALL_WAIT) as pid:
        async with running_console(amqp_url, database_url) as visitor:
            page = await visitor.get("/")
        assert f"A lock of session {pid} (psql, user " in page.text
        assert f"SELECT pg_terminate_backend({pid})" in page.text
        assert "the overview says whose lock it is" in page.text
