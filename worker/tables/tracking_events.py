"""The table `tracking_events`: one row an event, however often it comes."""

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct

from shared.database import Connection, as_json
from shared.origin import DEFAULT, DEFAULT_SOURCE, DISTRIBUTION, NATIVE, Origin
from shared.tracking import CATEGORY
from worker.verdicts import EventKey, Verdict, id_scope

INSERT = """
INSERT INTO tracking_events (
    event_id, action, repository, container_repository_id, request_host, tag, digest, media_type,
    actor, source, request_id, request_method, user_agent, occurred_at, category
)
SELECT event.*, $2::text FROM json_to_recordset($1::json) AS event (
    event_id text, action text, repository text, container_repository_id bigint,
    request_host text, tag text, digest text, media_type text, actor text, source text,
    request_id text, request_method text, user_agent text, occurred_at timestamptz
)
"""
# The same with what no row of today's route has, where it would only cost time.
INSERT_OF_SOURCES = """
INSERT INTO tracking_events (
    event_id, action, repository, container_repository_id, request_host, tag, digest, media_type,
    actor, source, request_id, request_method, user_agent, occurred_at, registry_source, registry,
    kind, id_from, time_from, id_scope, category
)
SELECT event.*, $2::text FROM json_to_recordset($1::json) AS event (
    event_id text, action text, repository text, container_repository_id bigint,
    request_host text, tag text, digest text, media_type text, actor text, source text,
    request_id text, request_method text, user_agent text, occurred_at timestamptz,
    registry_source text, registry text, kind text, id_from text, time_from text, id_scope text
)
"""
# Of a time whose partition was dropped, nobody knows whether it is new.
_IF_NEW = """
WHERE NOT EXISTS (
    SELECT FROM dropped_ranges
    WHERE parent = 'tracking_events' AND occurred_at >= first AND occurred_at < kept_from
)
ON CONFLICT (occurred_at, event_id, id_scope) DO NOTHING
RETURNING occurred_at, event_id, id_scope
"""


class Row(Struct, omit_defaults=True):
    """A row but for its category; fields are columns, an empty text of the event is no value.

    Those of the origin are None in events of today's route.
    """

    event_id: str
    action: str
    repository: str
    container_repository_id: int | None
    request_host: str | None
    tag: str | None
    digest: str | None
    media_type: str | None
    actor: str | None
    source: str | None
    request_id: str | None
    request_method: str | None
    user_agent: str | None
    occurred_at: datetime
    registry_source: str | None = None
    registry: str | None = None
    kind: str | None = None
    id_from: str | None = None
    time_from: str | None = None
    id_scope: str | None = None


async def insert(connection: Connection, verdicts: Sequence[Verdict]) -> set[EventKey]:
    """Insert what is not there yet; the keys of the events that are new.

    Rows are inserted, and so their keys locked, in sorted order: no two workers can deadlock.
    """
    rows = sorted(map(row, verdicts), key=_key)
    statement = INSERT
    if any(row.registry_source for row in rows):
        statement = INSERT_OF_SOURCES
        for one in rows:
            one.registry_source = one.registry_source or DEFAULT_SOURCE
            one.id_scope = one.id_scope or ""
    inserted = await connection.fetch(statement + _IF_NEW, as_json(rows), CATEGORY)
    return set(map(tuple, inserted))


def row(verdict: Verdict) -> Row:
    event = verdict.event
    whole = Row(
        event.id,
        verdict.tracking_action,
        event.repository,
        verdict.container_repository_id,
        event.request_host or None,
        event.tag or None,
        event.digest or None,
        event.media_type or None,
        event.actor or None,
        event.node or None,
        event.request_id or None,
        event.request_method or None,
        event.user_agent or None,
        event.timestamp,
    )
    if event.origin is not DEFAULT:
        _tell(whole, event.origin)
        whole.id_scope = id_scope(event) or None
    return whole


def _key(row: Row) -> EventKey:
    return row.occurred_at, row.event_id, row.id_scope or ""


def _tell(whole: Row, origin: Origin) -> None:
    whole.registry_source = origin.source
    whole.registry = _unless(DISTRIBUTION, origin.registry)
    whole.kind = origin.kind or None
    whole.id_from = _unless(NATIVE, origin.id_from)
    whole.time_from = _unless(NATIVE, origin.time_from)


def _unless(usual: str, text: str) -> str | None:
    return text if text != usual else None
