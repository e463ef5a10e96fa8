"""Databases for tests, copied from one that is migrated once."""

import asyncpg

from console.local.postgres import Postgres


async def create_database(server: Postgres, name: str, *, template: str = "template1") -> None:
    await _execute(server, f'CREATE DATABASE "{name}" TEMPLATE "{template}"')


async def drop_database(server: Postgres, name: str) -> None:
    await _execute(server, f'DROP DATABASE "{name}" WITH (FORCE)')


async def _execute(server: Postgres, statement: str) -> None:
    connection = await asyncpg.connect(server.url())
    try:
        await connection.execute(statement)
    finally:
        await connection.close()
