"""The table `counted_pulls`: which pulls were counted lately, so that none counts twice."""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Final

from msgspec import Struct

from shared.database import Connection, as_json
from shared.event import Event
from worker.verdicts import id_scope

# A known one is 16 bytes instead of the registry's text, of which there is no end.
_ID_BYTES: Final = 16

NOTE = """
INSERT INTO counted_pulls (occurred_at, id)
SELECT * FROM json_to_recordset($1::json) AS pull (occurred_at timestamptz, id uuid)
ON CONFLICT DO NOTHING
RETURNING encode(uuid_send(id), 'hex') AS id
"""


class _Row(Struct):
    occurred_at: datetime
    id: str


async def note(connection: Connection, pulls: Mapping[str, Event]) -> set[str]:
    """Keep the ids of `pulls`; those that are new.

    Rows are inserted, and so their keys locked, in sorted order: no two workers can deadlock.
    """
    rows = sorted((pull.timestamp, pull_id) for pull_id, pull in pulls.items())
    noted = await connection.fetch(NOTE, as_json(_Row(*row) for row in rows))
    return {row["id"] for row in noted}


def pull_id(pull: Event) -> str:
    """Hexadecimal, the same on each retry; a derived id says nothing beyond its source."""
    text = f"{id_scope(pull)}\n{pull.id}".encode()
    return hashlib.blake2b(text, digest_size=_ID_BYTES).hexdigest()
