"""Whether the broker and the database that the settings name can be used."""

import asyncio

import aio_pika
import asyncpg
from aiormq.exceptions import AMQPError

from shared import migrate
from shared.amqp.errors import describe
from shared.configuration import secret, variable
from shared.settings import Settings
from shared.text import printable


async def unreachable(settings: Settings) -> list[str]:
    """One line for each of the two that is set and cannot be used, and why."""
    checks = [
        *([_broker_fault(settings)] if settings.amqp_url else []),
        *([_database_fault(settings)] if settings.database_url else []),
    ]
    faults = await asyncio.gather(*checks)
    return [fault for fault in faults if fault]


async def _broker_fault(settings: Settings) -> str:
    try:
        async with asyncio.timeout(settings.database_timeout):
            connection = await aio_pika.connect(secret(settings.amqp_url))
            await connection.close()
    except TimeoutError as error:
        return _line("amqp_url", error)
    except (AMQPError, OSError) as error:
        return f"{variable('amqp_url')}: {describe(error)}"
    return ""


async def _database_fault(settings: Settings) -> str:
    try:
        connection = await asyncpg.connect(
            secret(settings.database_url), timeout=settings.database_timeout
        )
        try:
            missing = await migrate.missing(connection)
        finally:
            await connection.close(timeout=settings.database_timeout)
    except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError, TimeoutError) as error:
        return _line("database_url", error)
    except migrate.MigrationError as error:
        return _line("database_url", error)
    if missing:
        return f"{variable('database_url')}: {len(missing)} migrations are missing; run migrate"
    return ""


def _line(field: str, error: Exception) -> str:
    why = str(error) or "no answer in time"
    return f"{variable(field)}: {printable(f'{type(error).__name__}: {why}', 300)}"
