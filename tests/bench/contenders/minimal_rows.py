"""What the minimal worker makes of a batch: columns out of JSON, and one statement for all rows."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final

import msgspec

# The order of locks is ours: paths, event ids, the geo counter.
RECORD: Final = """
WITH event AS MATERIALIZED (
    SELECT * FROM unnest(
        $1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[],
        $8::text[], $9::text[], $10::text[], $11::text[], $12::text[], $13::timestamptz[]
    ) WITH ORDINALITY AS event (
        event_id, geo_action, repository, tag, digest, media_type, actor, source, request_id,
        request_host, request_method, user_agent, occurred_at, position
    )
), path AS (
    SELECT repository, min(position) FILTER (WHERE tag IS NULL) AS first_untagged
    FROM event GROUP BY repository
), registered AS (
    INSERT INTO container_repositories (path)
    SELECT repository FROM path
    WHERE NOT EXISTS (SELECT FROM container_repositories WHERE path = repository)
    ORDER BY repository
    ON CONFLICT (path) DO NOTHING RETURNING id, path
), known AS (
    SELECT id, path, first_untagged FROM registered JOIN path ON path.repository = path
    UNION ALL
    SELECT id, path, NULL FROM container_repositories WHERE path IN (SELECT repository FROM path)
), tracked AS (
    INSERT INTO tracking_events (
        event_id, action, repository, container_repository_id, request_host, tag, digest,
        media_type, actor, source, request_id, request_method, user_agent, occurred_at
    )
    SELECT
        event_id,
        CASE
            WHEN tag IS NOT NULL THEN 'push_tag'
            WHEN position = first_untagged THEN 'create_repository'
            ELSE 'push_repository'
        END,
        repository, known.id, request_host, tag, digest, media_type, actor, source, request_id,
        request_method, user_agent, occurred_at
    FROM event JOIN known ON known.path = repository
    ORDER BY event_id
    ON CONFLICT DO NOTHING RETURNING event_id, container_repository_id
), geo AS (
    SELECT event.*, container_repository_id, row_number() OVER (ORDER BY position) AS number
    FROM event JOIN tracked USING (event_id)
    WHERE tag IS NOT NULL OR media_type LIKE '%manifest%'
), counter AS (
    UPDATE geo_event_counter SET last_id = last_id + (SELECT count(*) FROM geo)
    RETURNING last_id - (SELECT count(*) FROM geo) AS before
)
INSERT INTO geo_events (
    id, event_id, container_repository_id, action, tag, digest, occurred_at
)
SELECT before + number, event_id, container_repository_id, geo_action, tag, digest, occurred_at
FROM geo, counter ORDER BY number
"""


class Target(msgspec.Struct):
    repository: str
    digest: str
    mediaType: str  # noqa: N815  the registry's name
    tag: str | None = None


class Request(msgspec.Struct):
    id: str
    host: str
    method: str
    useragent: str


class Actor(msgspec.Struct):
    name: str


class Source(msgspec.Struct):
    addr: str


class Event(msgspec.Struct):
    id: str
    timestamp: datetime
    action: str
    target: Target
    request: Request
    actor: Actor
    source: Source


_decode = msgspec.json.Decoder(Event).decode


def columns(bodies: Iterable[bytes]) -> Sequence[Sequence[object]]:
    """The columns that RECORD takes."""
    return list(zip(*map(_row, map(_decode, bodies)), strict=True))


def _row(event: Event) -> tuple[object, ...]:
    target, request = event.target, event.request
    return (
        event.id,
        event.action,
        target.repository,
        target.tag,
        target.digest,
        target.mediaType,
        event.actor.name,
        event.source.addr,
        request.id,
        request.host,
        request.method,
        request.useragent,
        event.timestamp,
    )
