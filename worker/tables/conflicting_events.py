"""The table `conflicting_events`: what came under an event's key that is recorded otherwise.

A retry is byte-identical. A sender that gives another event of the same moment an id which it has
used before loses one of the two, so that has to be seen. Of another moment it is another event.
"""

import hashlib
from collections.abc import Sequence
from operator import itemgetter
from typing import Any, Final

from msgspec.structs import astuple

from shared.database import Connection
from shared.origin import DEFAULT_SOURCE
from worker.tables.tracking_events import row
from worker.verdicts import Verdict, event_key

Content = tuple[object, ...]

_NOTHING: Final[Content] = (None, None, None, None)
# In a row that is to be written, and in one that is.
_NO_ORIGINS: Final = ((None, *_NOTHING), (DEFAULT_SOURCE, *_NOTHING))
_ORIGIN: Final = len(_NO_ORIGINS[0])
_KEY: Final = 3

# Which untagged push creates, and whether the catalogue had a row, is not the event's content.
RECORDED = """
SELECT occurred_at, event_id, id_scope, split_part(replace(action, 'create', 'push'), '_', 1),
       repository, tag, digest, media_type, actor, source, request_id, request_method, user_agent,
       occurred_at, registry_source, registry, kind, id_from, time_from
FROM tracking_events
JOIN unnest($1::timestamptz[], $2::text[], $3::text[]) AS key (occurred_at, event_id, id_scope)
    USING (occurred_at, event_id, id_scope)
"""


async def find(
    connection: Connection, verdicts: Sequence[Verdict]
) -> tuple[Sequence[Verdict], Sequence[Verdict]]:
    """Of `verdicts`, none of which was inserted: those whose key is recorded with another content.

    And those whose key is not recorded: they are of a partition that was dropped.
    """
    keys = {event_key(verdict.event) for verdict in verdicts}
    found = await connection.fetch(RECORDED, *zip(*keys, strict=True))
    recorded = {tuple(one)[:_KEY]: _told(tuple(one)[_KEY:]) for one in found}
    conflicts, expired = [], []
    for verdict in verdicts:
        content = recorded.get(event_key(verdict.event))
        if content is None:
            expired.append(verdict)
        elif content != _content(verdict):
            conflicts.append(verdict)
    return conflicts, expired


INSERT = """
INSERT INTO conflicting_events (
    event_id, content, action, repository, tag, digest, source, occurred_at, registry_source
)
SELECT * FROM unnest(
    $1::text[], $2::bytea[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[],
    $8::timestamptz[], $9::text[]
)
ON CONFLICT DO NOTHING
"""


async def insert(connection: Connection, verdicts: Sequence[Verdict]) -> None:
    """Keep what tells their sender; what came before in the same way is not a second one.

    Rows are inserted, and so their keys locked, in sorted order: no two workers can deadlock.
    """
    rows = sorted(map(_row, verdicts), key=itemgetter(0, 1))
    await connection.execute(INSERT, *zip(*rows, strict=True))


def _content(verdict: Verdict) -> Content:
    # Rows of before have no host.
    _id, _action, repository, _row, _host, *more, _scope = astuple(row(verdict))
    return _told((verdict.event.action, repository, *more))


def _told(content: Content) -> Content:
    """Without an origin of which nothing is said, so that it is what it was before origins."""
    return content[:-_ORIGIN] if content[-_ORIGIN:] in _NO_ORIGINS else content


def _row(verdict: Verdict) -> tuple[Any, ...]:
    content, event = _content(verdict), verdict.event
    whole = hashlib.blake2b(repr(content).encode(), digest_size=16).digest()
    return (
        event.id,
        whole,
        event.action,
        event.repository,
        event.tag or None,
        event.digest or None,
        event.node or None,
        event.timestamp,
        event.origin.source,
    )
