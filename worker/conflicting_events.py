"""The table `conflicting_events`: what came under an event id that is recorded otherwise.

A retry is byte-identical. A sender that gives another event an id which it has used before loses
one of the two, so that has to be seen.
"""

import hashlib
from collections.abc import Sequence
from operator import itemgetter
from typing import Any, Final

from msgspec.structs import astuple

from shared.database import Connection
from shared.origin import DEFAULT_SOURCE
from worker.tracking_events import row
from worker.verdicts import Verdict

Content = tuple[object, ...]

_NOTHING: Final[Content] = (None, None, None, None)
# In a row that is to be written, and in one that is.
_NO_ORIGINS: Final = ((None, *_NOTHING), (DEFAULT_SOURCE, *_NOTHING))
_ORIGIN: Final = len(_NO_ORIGINS[0])

# Which untagged push creates, and whether the catalogue had a row, is not the event's content.
RECORDED = """
SELECT event_id, split_part(replace(action, 'create', 'push'), '_', 1), repository, tag, digest,
       media_type, actor, source, request_id, request_method, user_agent, occurred_at,
       registry_source, registry, kind, id_from, time_from
FROM tracking_events WHERE event_id = ANY($1::text[])
"""


async def find(connection: Connection, verdicts: Sequence[Verdict]) -> list[Verdict]:
    """Those of `verdicts`, all on ids that are recorded, whose content is another one."""
    ids = list({verdict.event.id for verdict in verdicts})
    recorded = {one[0]: _told(tuple(one)[1:]) for one in await connection.fetch(RECORDED, ids)}
    return [one for one in verdicts if recorded.get(one.event.id) not in (None, _content(one))]


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
    _id, _action, repository, _row, _host, *more = astuple(row(verdict))
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
