"""Drill 3: Postgres is away, frozen, full, or holds a lock that the batch needs."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import asyncpg

from console.local.network.ports import LOOPBACK
from shared.amqp.topology import DEAD_QUEUE
from tests.database_standby import Standby
from tests.drills.drill import Drill
from tests.drills.load import Sender, under_load
from tests.drills.stage import Stage
from tests.processes import waiting

# Short, so that its errors are met too.
TIMEOUT_SECONDS = 2
SETTINGS: dict[str, Any] = {"database_timeout": TIMEOUT_SECONDS, "ingest_deadline": 5}

TERMINATE = """
SELECT count(*) FILTER (WHERE pg_terminate_backend(pid)) FROM pg_stat_activity
WHERE application_name LIKE 'registry-events%' AND datname = current_database()
"""
# What Postgres raises when the file system has no room left.
FILL = """
CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = '53100';
END
$$;
CREATE TRIGGER full_disk BEFORE INSERT ON tracking_events EXECUTE FUNCTION full_disk();
"""
CLEAR = "DROP TRIGGER full_disk ON tracking_events"
# Of each three inserts two fail.
UNLUCKY = 3
DEADLOCK = """
CREATE SEQUENCE unlucky;
CREATE FUNCTION sometimes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF nextval('unlucky') % 3 = 0 THEN
        RAISE EXCEPTION 'serialization' USING ERRCODE = '40001';
    ELSIF currval('unlucky') % 3 = 1 THEN
        RAISE EXCEPTION 'deadlock' USING ERRCODE = '40P01';
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER sometimes AFTER INSERT ON tracking_events
    FOR EACH STATEMENT EXECUTE FUNCTION sometimes();
"""


async def stopped(stage: Stage) -> None:
    async with _loaded(stage) as sender:
        await asyncio.to_thread(stage.servers.postgres.stop)
        await asyncio.sleep(stage.scale.outage)
        await asyncio.to_thread(stage.servers.postgres.start)
        await _back(stage, sender)


async def frozen(stage: Stage) -> None:
    async with _loaded(stage) as sender:
        stage.servers.postgres.pause()
        # Longer than the worker's own deadline, in the short form too.
        await asyncio.sleep(stage.scale.outage + TIMEOUT_SECONDS)
        stage.servers.postgres.resume()
        await _back(stage, sender)


async def terminated(stage: Stage) -> None:
    async with _loaded(stage) as sender:
        ended = 0
        for _ in range(stage.scale.kills):
            await asyncio.sleep(0.3)
            ended += await _fetch(stage, TERMINATE)
        await _back(stage, sender)
    stage.note = f"{ended} connections ended"
    stage.check(holds=ended > 0, otherwise="no connection was ended")


async def full(stage: Stage) -> None:
    async with _loaded(stage) as sender:
        await _execute(stage, FILL)
        await asyncio.sleep(stage.scale.outage)
        await _execute(stage, CLEAR)
        await _back(stage, sender)


async def unlucky(stage: Stage) -> None:
    async with _loaded(stage) as sender:
        await _execute(stage, DEADLOCK)

        async def has_met_both() -> bool:
            return await _fetch(stage, "SELECT last_value FROM unlucky") >= UNLUCKY

        await stage.expect(has_met_both, "no batch was unlucky")
        await asyncio.sleep(stage.scale.load)
        await _execute(stage, "DROP TRIGGER sometimes ON tracking_events")
        await _back(stage, sender)


async def migrating(stage: Stage) -> None:
    """A migration rewrites the table: its lock keeps everybody out, the advisory one others."""
    async with _loaded(stage) as sender:
        await _hold(stage, "LOCK TABLE tracking_events IN ACCESS EXCLUSIVE MODE")
        await _back(stage, sender)


async def row_locked(stage: Stage) -> None:
    async with _loaded(stage) as sender:
        await _hold(stage, "UPDATE geo_event_counter SET last_id = last_id")
        await _back(stage, sender)


async def path_taken(stage: Stage) -> None:
    """Another transaction is about to register the repositories, and gives up."""
    insert = "INSERT INTO container_repositories (path) SELECT 'team/app-' || n"
    sender = stage.sender(await stage.start(**SETTINGS))
    connection = await asyncpg.connect(stage.processes.database_url)
    transaction = connection.transaction()
    await transaction.start()
    await connection.execute(f"{insert} FROM generate_series(0, 49) AS n")
    async with under_load(sender):
        await asyncio.sleep(stage.scale.outage + TIMEOUT_SECONDS)
        await transaction.rollback()
        await connection.close()
        await _back(stage, sender)


@asynccontextmanager
async def _loaded(stage: Stage) -> AsyncIterator[Sender]:
    sender = stage.sender(await stage.start(workers=2, **SETTINGS))
    async with under_load(sender):
        await asyncio.sleep(stage.scale.load)
        yield sender


async def _hold(stage: Stage, lock: str) -> None:
    async with _connected(stage) as connection, connection.transaction():
        await connection.execute(lock)
        await asyncio.sleep(stage.scale.outage + TIMEOUT_SECONDS)


async def promoted(stage: Stage) -> None:
    """The first server dies under load, and the second, which it waited for, takes its place."""
    first = stage.servers.postgres
    second = Standby(stage.servers.directory / f"standby-{stage.vhost}", first)
    stage.exits.callback(second.kill)
    await asyncio.to_thread(second.start)
    await stage.exits.enter_async_context(second.waited_for())
    url = stage.processes.database_url
    both = url.replace(f":{first.port}/", f":{first.port},{LOOPBACK}:{second.port}/")
    stage.processes = replace(stage.processes, database_url=both)
    async with _loaded(stage) as sender:
        await asyncio.to_thread(first.kill)
        await second.promote()
        await _back(stage, sender)


async def _back(stage: Stage, sender: Sender) -> None:
    await stage.recover(sender)
    dead = await waiting(stage.processes.amqp_url, DEAD_QUEUE)
    stage.check(holds=dead == 0, otherwise=f"{dead} dead letters for the database's fault")
    refused = {answer for answer in stage.ledger.answers if answer != "200"}
    stage.check(holds=not refused, otherwise=f"ingest answered {refused}, its broker was there")


async def _execute(stage: Stage, statement: str) -> None:
    async with _connected(stage) as connection:
        await connection.execute(statement)


async def _fetch(stage: Stage, query: str) -> int:
    async with _connected(stage) as connection:
        return int(await connection.fetchval(query))


@asynccontextmanager
async def _connected(stage: Stage) -> AsyncIterator["asyncpg.Connection[asyncpg.Record]"]:
    connection = await asyncpg.connect(stage.processes.database_url)
    try:
        yield connection
    finally:
        await connection.close()


DRILLS = (
    Drill("Postgres is stopped", stopped, is_brief=False),
    Drill("Postgres is frozen", frozen, is_brief=False),
    Drill("Postgres dies, a standby takes over", promoted),
    Drill("Postgres ends its connections", terminated),
    Drill("Postgres's disk is full", full, is_brief=False),
    Drill("deadlocks and serialization failures", unlucky),
    Drill("a migration holds its locks", migrating, is_brief=False),
    Drill("a row of the batch is locked", row_locked),
    Drill("another registers the repositories", path_taken, is_brief=False),
)
