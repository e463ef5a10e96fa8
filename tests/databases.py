"""Databases for tests, copied from one that is migrated once, and one that refuses an event."""

from datetime import UTC, datetime

import asyncpg

from console.local.servers.postgres import Postgres
from shared.migrate import migrate
from shared.partitions import making

TEMPLATE = "migrated"

# All that workers write. TRUNCATE would make new files for each partition and each of its indexes.
EMPTY = """
DELETE FROM geo_events;
DELETE FROM tracking_events;
DELETE FROM conflicting_events;
DELETE FROM received_events;
DELETE FROM repository_renames;
DELETE FROM container_repositories;
UPDATE geo_event_counter SET last_id = 0
"""

REFUSE = """
CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'no row for %', NEW.repository;
END
$$;
CREATE TRIGGER refuse BEFORE INSERT ON tracking_events
    FOR EACH ROW WHEN (NEW.repository = 'team/poison') EXECUTE FUNCTION refuse();
"""


async def make_template(server: Postgres) -> None:
    """TEMPLATE, with the current schema and partitions."""
    await create_database(server, TEMPLATE)
    async with asyncpg.create_pool(server.url(TEMPLATE), min_size=0, max_size=1) as pool:
        async with pool.acquire() as connection:
            await migrate(connection)
        async for _ in making.make(pool, datetime.now(UTC)):
            pass


async def create_database(server: Postgres, name: str, *, template: str = "template1") -> None:
    # By file: through the WAL, which is the default, takes twice as long for as small a database.
    how = f'TEMPLATE "{template}" STRATEGY FILE_COPY'
    await _execute(server, f'CREATE DATABASE "{name}" {how}')


async def drop_database(server: Postgres, name: str) -> None:
    await _execute(server, f'DROP DATABASE "{name}" WITH (FORCE)')


async def _execute(server: Postgres, statement: str) -> None:
    connection = await asyncpg.connect(server.url())
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


async def refuse_poison(database: "asyncpg.Connection[asyncpg.Record]") -> None:
    await database.execute(REFUSE)
