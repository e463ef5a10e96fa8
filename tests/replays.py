"""Events that are published and kept, databases that have recorded them, and replays."""

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg

from console import replaying
from console.replaying import Asked
from shared.amqp.connection import Connection
from shared.amqp.keeping import KeepingPublisher
from shared.amqp.message import Message, event_message, origin
from shared.amqp.publisher import ConfirmedPublisher, Publisher
from shared.amqp.shards import Wanted
from shared.event import Event
from shared.origin import DEFAULT, Origin
from shared.service import background
from shared.settings import Settings
from tests.waiting import eventually
from worker.replay.difference import Difference, Done

KEEP = "7d"
SECONDS = 7 * 86_400
# What one recording has by chance: ids, and when it was.
STATE = {
    "tracking": """
        SELECT to_jsonb(event) - '{recorded_at,container_repository_id}'::text[]
            || jsonb_build_object('path', repository.path)
        FROM tracking_events AS event
        LEFT JOIN container_repositories AS repository ON repository.id = container_repository_id
    """,
    "geo": """
        SELECT to_jsonb(event) - '{id,recorded_at,container_repository_id}'::text[]
            || jsonb_build_object('path', repository.path)
        FROM geo_events AS event
        LEFT JOIN container_repositories AS repository ON repository.id = container_repository_id
    """,
    "catalogue": "SELECT to_jsonb(r) - '{id,created_at}'::text[] FROM container_repositories AS r",
    "renames": "SELECT to_jsonb(r) - 'recorded_at' FROM repository_renames AS r",
    "received": "SELECT to_jsonb(r) FROM received_events AS r",
    "conflicting": "SELECT to_jsonb(r) - '{id,seen_at}'::text[] FROM conflicting_events AS r",
}


async def state(url: str) -> dict[str, list[str]]:
    """What is recorded, whatever the order."""
    connection = await asyncpg.connect(url)
    try:
        return {
            name: sorted(row[0] for row in await connection.fetch(query))
            for name, query in STATE.items()
        }
    finally:
        await connection.close()


async def are_without_gaps(url: str) -> bool:
    """The ids of the geo log, up to its counter."""
    connection = await asyncpg.connect(url)
    try:
        ids = [row[0] for row in await connection.fetch("SELECT id FROM geo_events ORDER BY id")]
        last = await connection.fetchval("SELECT last_id FROM geo_event_counter")
        return ids == list(range(1, last + 1))
    finally:
        await connection.close()


async def execute(url: str, *statements: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        for statement in statements:
            await connection.execute(statement)
    finally:
        await connection.close()


@asynccontextmanager
async def keeping(url: str) -> AsyncIterator[Publisher]:
    connection = Connection(url, name="test", heartbeat=10, wanted=Wanted(keep=SECONDS))

    async def connected() -> bool:
        return connection.channel is not None

    async with background(asyncio.Event(), connection.run()):
        await eventually(connected)
        yield KeepingPublisher(ConfirmedPublisher(connection), keeps=True)


def message(event: dict[str, Any], of: Origin = DEFAULT) -> Message:
    body = json.dumps(event).encode()
    return event_message(Event.read(body), body, {**origin(datetime.now(UTC)), **of.headers})


async def keep(url: str, messages: Sequence[Message]) -> None:
    async with keeping(url) as publisher:
        await publisher.publish(messages, deadline=30)


def asked(**changes: Any) -> Asked:
    return Asked(**{"since": datetime.now(UTC) - timedelta(hours=1), **changes})


async def look(settings: Settings, what: Asked | None = None) -> Difference:
    what = what or asked()
    kept = what.kept(settings, datetime.now(UTC))
    return await replaying.look(settings, kept, what, lambda _: None)


async def replay(settings: Settings, what: Asked | None = None) -> tuple[Difference, Done]:
    """As the command does it."""
    what, done = what or asked(), Done()
    kept = what.kept(settings, datetime.now(UTC))
    found = await replaying.look(settings, kept, what, lambda _: None)
    await replaying.replay(settings, kept, what, done, lambda _: None)
    return found, done
