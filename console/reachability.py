"""Whether the broker and the database that the settings name can be used."""

import asyncio

import aio_pika
import asyncpg
from aiormq.exceptions import AMQPError

from shared import faults, migrate
from shared.amqp.errors import describe
from shared.configuration import secret, variable
from shared.database import ERRORS
from shared.settings import Settings


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
    except (AMQPError, OSError, TimeoutError) as error:
        return f"{variable('amqp_url')}: {describe(error, seconds=settings.database_timeout)}"
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
    except (migrate.MigrationError, *ERRORS) as error:
        why = faults.in_words(error, seconds=settings.database_timeout)
        return f"{variable('database_url')}: {why}"
    if missing:
        return f"{variable('database_url')}: {len(missing)} migrations are missing; run migrate"
    return ""
