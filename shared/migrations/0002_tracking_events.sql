CREATE TABLE tracking_events (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    event_id text NOT NULL UNIQUE CHECK (length(event_id) BETWEEN 1 AND 255),
    category text NOT NULL DEFAULT 'container_registry:notification',
    action text NOT NULL CHECK (action IN (
        'push_tag', 'delete_tag', 'push_repository', 'delete_repository', 'create_repository'
    )),
    repository text NOT NULL CHECK (length(repository) BETWEEN 1 AND 255),
    container_repository_id bigint,
    tag text CHECK (length(tag) BETWEEN 1 AND 128),
    digest text,
    media_type text,
    actor text,
    source text,
    request_id text,
    request_method text,
    user_agent text,
    occurred_at timestamptz NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT now()
);

CREATE INDEX tracking_events_recorded_at ON tracking_events (recorded_at);

COMMENT ON TABLE tracking_events IS
    'One row an event, however often the registry sent it. Ids follow neither the order of events '
    'nor that of commits: a reader that must miss nothing follows geo_events.';
COMMENT ON COLUMN tracking_events.id IS 'a number for the row, of no further meaning';
COMMENT ON COLUMN tracking_events.event_id IS
    'the registry''s event id, byte-identical on its retries: the key that counts an event once';
COMMENT ON COLUMN tracking_events.category IS 'container_registry:notification';
COMMENT ON COLUMN tracking_events.action IS 'the tracking action: our verdict on the event';
COMMENT ON COLUMN tracking_events.repository IS 'target.repository of the event';
COMMENT ON COLUMN tracking_events.container_repository_id IS
    'the catalogue''s row when the event was recorded, if there was one; no foreign key, since the '
    'record outlives the repository and a check for each row costs more than the insert';
COMMENT ON COLUMN tracking_events.tag IS 'target.tag, null without a tag';
COMMENT ON COLUMN tracking_events.digest IS 'target.digest, of any algorithm';
COMMENT ON COLUMN tracking_events.media_type IS 'target.mediaType';
COMMENT ON COLUMN tracking_events.actor IS
    'actor.name; unverified where the registry has no authentication';
COMMENT ON COLUMN tracking_events.source IS 'source.addr: the registry node';
COMMENT ON COLUMN tracking_events.request_id IS
    'request.id: the same for all events of one HTTP request to the registry';
COMMENT ON COLUMN tracking_events.request_method IS 'request.method';
COMMENT ON COLUMN tracking_events.user_agent IS 'request.useragent';
COMMENT ON COLUMN tracking_events.occurred_at IS 'timestamp of the event, by the registry''s clock';
COMMENT ON COLUMN tracking_events.recorded_at IS 'start of the transaction that wrote the row';
