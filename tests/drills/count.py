"""The count after a drill: for each accepted event one tracking row or one dead letter."""

import json
from collections import Counter
from dataclasses import dataclass

import asyncpg
from aio_pika.abc import AbstractIncomingMessage

from shared.amqp import wire
from shared.amqp.message import EVENT_ID
from shared.amqp.nodes import Nodes
from shared.amqp.topology import DEAD_QUEUE
from tests.drills.ledger import Ledger
from tests.drills.stage import AWAY, DRAIN_SECONDS
from tests.waiting import eventually

CREATED = """
SELECT repository FROM tracking_events WHERE action = 'create_repository'
GROUP BY repository HAVING count(*) > 1
"""
# Somebody else's rows are never pending.
UNCREATED = """
SELECT path FROM container_repositories AS c WHERE creation_pending AND EXISTS (
    SELECT FROM tracking_events t WHERE t.repository = c.path AND t.tag IS NULL
    AND t.action = 'push_repository'
)
"""
# The drills push only, so every repository has a row; what else makes a geo event is in the rules.
UNTOLD = """
SELECT count(*) FROM tracking_events t
WHERE NOT EXISTS (SELECT FROM geo_events g WHERE g.event_id = t.event_id)
AND (tag IS NOT NULL OR media_type LIKE '%manifest%'
     OR media_type = 'application/vnd.oci.image.index.v1+json')
"""
GAPS = "SELECT last_id - (SELECT count(*) FROM geo_events) FROM geo_event_counter"


@dataclass(frozen=True, slots=True)
class Count:
    """`copies`: dead letters beyond the first of the same event; `untold`: rows without the geo
    event that they need.
    """

    stored: int
    dead: int
    lost: int
    doubled: int
    copies: int
    strangers: int
    created_twice: int
    uncreated: int
    gaps: int
    untold: int

    def problems(self) -> list[str]:
        wrong = {
            "lost": self.lost,
            "doubled": self.doubled,
            "never offered, yet stored": self.strangers,
            "repositories created twice": self.created_twice,
            "creations missing": self.uncreated,
            "gaps in the geo log": self.gaps,
            "geo events missing": self.untold,
        }
        return [f"{count} {what}" for what, count in wrong.items() if count]


async def count(ledger: Ledger, amqp_url: str, database_url: str, rows_query: str) -> Count:
    """Takes the dead letters off their queue, so it is the last thing of a drill."""
    connection = await asyncpg.connect(database_url)
    try:
        rows = Counter(row["event_id"] for row in await connection.fetch(rows_query))
        created_twice = len(await connection.fetch(CREATED))
        uncreated = len(await connection.fetch(UNCREATED))
        gaps = await connection.fetchval(GAPS)
        untold = await connection.fetchval(UNTOLD)
    finally:
        await connection.close()
    dead = Counter(await _dead_letters(amqp_url))
    settled = rows.keys() | dead.keys()
    return Count(
        stored=len(rows),
        dead=len(dead),
        lost=len(ledger.accepted - settled),
        doubled=rows.total() - len(rows) + len(rows.keys() & dead.keys()),
        copies=dead.total() - len(dead),
        strangers=len(settled - ledger.offered),
        created_twice=created_twice,
        uncreated=uncreated,
        gaps=gaps,
        untold=untold,
    )


async def _dead_letters(amqp_url: str) -> list[str]:
    """The ids of the events in all dead letters."""
    ids: list[str] = []

    async def all_taken() -> bool:
        try:
            async with wire.connected(Nodes(amqp_url), name="drill") as connection:
                channel = await connection.channel()
                queue = await channel.declare_queue(DEAD_QUEUE, passive=True)
                while message := await queue.get(no_ack=True, fail=False):
                    ids.append(_id(message))
        except AWAY:
            # Of several nodes one may not know yet who leads the queue now.
            return False
        return True

    await eventually(all_taken, DRAIN_SECONDS)
    return ids


def _id(message: AbstractIncomingMessage) -> str:
    return str(message.headers.get(EVENT_ID) or json.loads(message.body)["id"])
