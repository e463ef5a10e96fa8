"""Events of chosen moments, and what became of the partitions."""

import json
from datetime import datetime
from typing import Any

from shared.database import Pool
from shared.event import Event
from shared.partitions import making, upkeep
from shared.partitions.acts import Act
from shared.partitions.retention import Retention
from shared.settings import CatalogueMode
from tests.factories import make_event
from worker.recorder import Recorder

WHERE_TRACKED = """
SELECT tableoid::regclass::text AS place, count(*) FROM tracking_events GROUP BY 1 ORDER BY 1
"""
WHERE_LOGGED = """
SELECT tableoid::regclass::text AS place, count(*) FROM geo_events GROUP BY 1 ORDER BY 1
"""
PARTITIONS = "SELECT partition FROM event_partitions WHERE parent = $1 AND until IS NOT NULL"


def at(moment: datetime | str, **changes: Any) -> Event:
    """A tagged push of that moment."""
    text = moment if isinstance(moment, str) else moment.isoformat()
    changes = {"target": {"tag": "v1"}, **changes}
    return Event.parse(json.dumps(make_event(timestamp=text, **changes)))


def recorder(pool: Pool, mode: CatalogueMode = CatalogueMode.REGISTER) -> Recorder:
    return Recorder(pool, mode=mode, geo_enabled=True)


async def places(pool: Pool, statement: str = WHERE_TRACKED) -> dict[str, int]:
    """How many rows which partition has."""
    return {row["place"]: row["count"] for row in await pool.fetch(statement)}


async def partitions(pool: Pool, table: str = "tracking_events") -> list[str]:
    rows = await pool.fetch(PARTITIONS, table)
    return sorted(row["partition"] for row in rows)


async def made(pool: Pool, now: datetime, *, dry_run: bool = False) -> list[Act]:
    return [act async for act in making.make(pool, now, dry_run=dry_run)]


async def kept_up(
    pool: Pool, retention: Retention, *, now: datetime | None = None, dry_run: bool = False
) -> list[Act]:
    return [act async for act in upkeep.keep_up(pool, retention, now=now, dry_run=dry_run)]
