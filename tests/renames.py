"""Stories of repositories that are renamed: seconds, then what happened."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from shared.database import Pool
from shared.event import Event
from shared.settings import CatalogueMode
from tests.factories import make_event
from worker.recorder import Recorder

_START = datetime(2026, 11, 28, 12, tzinfo=UTC)


def at(second: int, action: str, path: str, to: str = "", *, tag: str = "") -> Event:
    target: dict[str, Any] = {"tag": tag} if tag else {}
    if to:
        target["rename"] = {"type": "namespace", "from": path, "to": to}
    moment = (_START + timedelta(seconds=second)).isoformat()
    return Event.parse(json.dumps(make_event(action, path, target=target, timestamp=moment)))


def told(story: str) -> list[Event]:
    """As in `1 push a, 3 rename a b`."""
    lines = map(str.split, story.split(","))
    return [at(int(second), *line) for second, *line in lines]


def recorder(pool: Pool, mode: CatalogueMode = CatalogueMode.REGISTER) -> Recorder:
    return Recorder(pool, mode=mode, geo_enabled=True)


async def record(pool: Pool, *batches: Sequence[Event]) -> None:
    for batch in batches:
        await recorder(pool).record(batch)
