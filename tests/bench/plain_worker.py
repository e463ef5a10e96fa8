"""The yardstick: a consumer as tutorials write it, one transaction for each message.

It looks the repository up, records the event once, appends the geo event and acknowledges. Its geo
ids come from a sequence, which is cheaper than ids without gaps. It knows no outage, no dead
letters, no metrics.
"""

import asyncio
import json
import os
from datetime import datetime
from typing import Any, Final

import aio_pika
import asyncpg
import uvloop
from aio_pika.abc import AbstractIncomingMessage

from shared.amqp.topology import EVENTS_QUEUE

PREFETCH: Final = 50
SEQUENCE: Final = "ALTER TABLE geo_events ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY"
FIND: Final = "SELECT id FROM container_repositories WHERE path = $1"
REGISTER: Final = """
INSERT INTO container_repositories (path) VALUES ($1)
ON CONFLICT (path) DO UPDATE SET path = excluded.path RETURNING id
"""
TRACK: Final = """
INSERT INTO tracking_events (
    event_id, action, repository, container_repository_id, tag, digest, media_type,
    actor, source, request_id, request_method, user_agent, occurred_at
)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
ON CONFLICT DO NOTHING RETURNING event_id
"""
APPEND: Final = """
INSERT INTO geo_events (event_id, container_repository_id, action, tag, digest, occurred_at)
VALUES ($1, $2, $3, $4, $5, $6)
"""


async def main() -> None:
    connection = await aio_pika.connect_robust(os.environ["AMQP_URL"])
    async with asyncpg.create_pool(os.environ["DATABASE_URL"]) as pool, connection:
        channel = await connection.channel()
        await channel.set_qos(prefetch_count=PREFETCH)
        queue = await channel.get_queue(EVENTS_QUEUE)

        async def handle(message: AbstractIncomingMessage) -> None:
            event = json.loads(message.body)
            async with pool.acquire() as database, database.transaction():
                await record(database, event)
            await message.ack()

        await queue.consume(handle)
        await asyncio.Event().wait()


async def record(database: Any, event: dict[str, Any]) -> None:
    """What one transaction does for one event."""
    path = event["target"]["repository"]
    existing = await database.fetchval(FIND, path)
    repository = existing or await database.fetchval(REGISTER, path)
    row = tracking_row(event, repository, existed=bool(existing))
    if await database.fetchval(TRACK, *row) and is_geo(event):
        await database.execute(APPEND, *geo_row(event, repository))


def tracking_row(event: dict[str, Any], repository: int, *, existed: bool) -> tuple[object, ...]:
    target = event["target"]
    untagged = "push_repository" if existed else "create_repository"
    return (
        event["id"],
        "push_tag" if target.get("tag") else untagged,
        target["repository"],
        repository,
        target.get("tag"),
        target["digest"],
        target["mediaType"],
        event["actor"]["name"],
        event["source"]["addr"],
        event["request"]["id"],
        event["request"]["method"],
        event["request"]["useragent"],
        datetime.fromisoformat(event["timestamp"]),
    )


def is_geo(event: dict[str, Any]) -> bool:
    return bool(event["target"].get("tag")) or "manifest" in event["target"]["mediaType"]


def geo_row(event: dict[str, Any], repository: int) -> tuple[object, ...]:
    target, moment = event["target"], datetime.fromisoformat(event["timestamp"])
    return event["id"], repository, event["action"], target.get("tag"), target["digest"], moment


if __name__ == "__main__":
    uvloop.run(main())
