"""Locks that somebody else holds for a while."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg

# Readers pass, writers wait.
WRITERS_WAIT = "LOCK TABLE tracking_events IN EXCLUSIVE MODE"
ALL_WAIT = "LOCK TABLE tracking_events IN ACCESS EXCLUSIVE MODE"
A_ROW = "UPDATE geo_event_counter SET last_id = last_id"
NOBODY_WAITS = "LOCK TABLE tracking_events IN ACCESS SHARE MODE"


@asynccontextmanager
async def locked(database_url: str, lock: str, *, application: str = "psql") -> AsyncIterator[int]:
    """Another session holds `lock`, in an open transaction; gives its process id."""
    connection = await asyncpg.connect(
        database_url, server_settings={"application_name": application}
    )
    try:
        await connection.execute("BEGIN")
        await connection.execute(lock)
        yield connection.get_server_pid()
    finally:
        connection.terminate()
