"""Whether the broker and the database that the settings name can be used."""

import asyncio

from console.commands.config.broker_fitness import unfit
from console.words import away
from shared import faults, migrate, primary
from shared.amqp import wire
from shared.amqp.errors import BrokerAwayError
from shared.amqp.nodes import Nodes
from shared.configuration import secret, variable
from shared.database import ERRORS
from shared.settings import Settings


async def unreachable(settings: Settings) -> list[str]:
    """One line for each of the two that is set and cannot be used, and why."""
    checks = [
        *([_broker_fault(settings)] if settings.amqp_url else []),
        *([_database_fault(secret(settings.database_url))] if settings.database_url else []),
    ]
    faults = await asyncio.gather(*checks)
    return [fault for fault in faults if fault]


async def _broker_fault(settings: Settings) -> str:
    url, plug = secret(settings.amqp_url), wire.Wire()
    opening = wire.connected(
        Nodes(url), name="registry-events config", seconds=away.ANSWER, wire=plug
    )
    try:
        async with opening as connection:
            fault = await unfit(connection, plug, settings)
    except BrokerAwayError as error:
        return f"{variable('amqp_url')}: {away.broker(url, str(error))}"
    return f"{variable('amqp_url')}: {fault}" if fault else ""


async def _database_fault(url: str) -> str:
    try:
        async with asyncio.timeout(away.ANSWER):
            missing = await _missing(url)
    except migrate.MigrationError as error:
        return f"{variable('database_url')}: {error}"
    except ERRORS as error:
        why = faults.in_words(error, seconds=away.ANSWER)
        return f"{variable('database_url')}: {away.database(url, why)}"
    if missing:
        return f"{variable('database_url')}: {missing} migrations are missing; run migrate"
    return ""


async def _missing(url: str) -> int:
    connection = await primary.connect(url, timeout=away.ANSWER)
    try:
        return len(await migrate.missing(connection))
    finally:
        # Without a good-bye, which a server that does not answer would never take.
        connection.terminate()
