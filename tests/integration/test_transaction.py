"""A worker that falls silent in the middle of a transaction keeps no other from its locks."""

import asyncpg
import pytest

from console.local.servers.postgres import Postgres
from shared.database import Pool, new_pool, transaction
from tests.drills.proxy import Proxy
from tests.running import make_settings

LOCK = "UPDATE geo_event_counter SET last_id = last_id"


async def fall_silent(pool: Pool, proxy: Proxy) -> None:
    async with transaction(pool, seconds=1) as connection:
        await connection.execute(LOCK)
        proxy.swallow()
        await connection.execute(LOCK)


async def fail(pool: Pool) -> None:
    async with transaction(pool, seconds=1) as connection:
        await connection.execute("CREATE TABLE left_behind ()")
        await connection.execute("SELECT 1 / 0")


async def test_locks_of_a_silent_client_are_given_back(
    postgres: Postgres, database_url: str
) -> None:
    settings = make_settings("amqp://unused", database_url)
    async with Proxy(postgres.port).running() as proxy:
        url = database_url.replace(f":{postgres.port}/", f":{proxy.port}/")
        async with new_pool(settings, url=url, application="silent") as pool:
            with pytest.raises(TimeoutError):
                await fall_silent(pool, proxy)
            other = await asyncpg.connect(database_url)
            await other.execute(LOCK, timeout=30)
            await other.close()


async def test_a_transaction_costs_two_round_trips_beside_its_statements(database_url: str) -> None:
    settings = make_settings("amqp://unused", database_url)
    sent: list[str] = []
    async with new_pool(settings, url=database_url, application="lean", size=1) as pool:
        async with pool.acquire() as connection:
            connection.add_query_logger(lambda query: sent.append(query.query))
        async with transaction(pool, seconds=1) as connection:
            await connection.execute(LOCK)
    before, statement, after = sent
    assert before.split()[0] == "BEGIN;"
    assert (statement, after) == (LOCK, "COMMIT")


async def test_what_fails_leaves_nothing_behind_and_its_session_is_used_again(
    database_url: str,
) -> None:
    settings = make_settings("amqp://unused", database_url)
    async with new_pool(settings, url=database_url, application="failing", size=1) as pool:
        session = await pool.fetchval("SELECT pg_backend_pid()")
        for _ in range(2):
            with pytest.raises(asyncpg.DivisionByZeroError):
                await fail(pool)
        assert await pool.fetchval("SELECT pg_backend_pid()") == session
        found = await pool.fetch("SELECT FROM pg_tables WHERE tablename = 'left_behind'")
    assert not found


async def test_a_pooled_session_keeps_its_own_settings(database_url: str) -> None:
    settings = make_settings("amqp://unused", database_url)
    async with new_pool(settings, url=database_url, application="kept", size=1) as pool:
        before = await pool.fetchval("SHOW statement_timeout")
        async with transaction(pool, seconds=1) as connection:
            assert await connection.fetchval("SHOW statement_timeout") == "1s"
        assert await pool.fetchval("SHOW statement_timeout") == before
