"""A worker that falls silent in the middle of a transaction keeps no other from its locks."""

import asyncpg
import pytest

from console.local.postgres import Postgres
from shared.database import Pool, new_pool, transaction
from tests.drills.proxy import Proxy
from tests.running import make_settings

LOCK = "UPDATE geo_event_counter SET last_id = last_id"


async def fall_silent(pool: Pool, proxy: Proxy) -> None:
    async with transaction(pool, seconds=1) as connection:
        await connection.execute(LOCK)
        proxy.swallow()
        await connection.execute(LOCK)


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


async def test_a_pooled_session_keeps_its_own_settings(database_url: str) -> None:
    settings = make_settings("amqp://unused", database_url)
    async with new_pool(settings, url=database_url, application="kept", size=1) as pool:
        before = await pool.fetchval("SHOW statement_timeout")
        async with transaction(pool, seconds=1) as connection:
            assert await connection.fetchval("SHOW statement_timeout") == "1s"
        assert await pool.fetchval("SHOW statement_timeout") == before
