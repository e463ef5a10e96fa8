"""What the figures were measured on."""

import os
import platform

import aio_pika
import asyncpg

from tests.bench.servers import Servers


async def describe(servers: Servers) -> str:
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 2**30
    return (
        f"{len(os.sched_getaffinity(0))} cores, {memory:.0f} GiB, "
        f"Python {platform.python_version()}, RabbitMQ {await _broker_version(servers)}, "
        f"PostgreSQL {await _database_version(servers)} (default durability), "
        f"load average {os.getloadavg()[0]:.2f} before"
    )


async def _broker_version(servers: Servers) -> str:
    async with await aio_pika.connect(servers.rabbitmq.url()) as connection:
        transport = connection.transport
        properties = transport.connection.server_properties if transport else {}
        return str(properties.get("version", "?"))


async def _database_version(servers: Servers) -> str:
    connection = await asyncpg.connect(servers.postgres.url())
    try:
        return str(await connection.fetchval("SHOW server_version")).split()[0]
    finally:
        await connection.close()
