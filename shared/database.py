"""Opening Postgres: deadlines everywhere, and a start while it is away is no error."""

from typing import TYPE_CHECKING, TypeAlias

import asyncpg

from shared.settings import Settings

if TYPE_CHECKING:
    from asyncpg.pool import PoolConnectionProxy

# Texts, since asyncpg's classes are generic only for the type checker.
Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record] | PoolConnectionProxy[asyncpg.Record]"
Pool: TypeAlias = "asyncpg.Pool[asyncpg.Record]"


def new_pool(settings: Settings, *, url: str, application: str, size: int = 2) -> Pool:
    """A pool that connects when it is used; enter it with `async with`.

    The deadlines are the client's: server settings in the start packet are refused by pgbouncer.
    """
    return asyncpg.create_pool(
        url,
        min_size=0,
        max_size=size,
        timeout=settings.database_timeout,
        command_timeout=settings.database_timeout,
        statement_cache_size=settings.database_statement_cache_size,
        server_settings={"application_name": application},
    )
