CREATE TABLE geo_events (
    id bigint PRIMARY KEY,
    event_id text NOT NULL UNIQUE,
    container_repository_id bigint NOT NULL,
    action text NOT NULL CHECK (action IN ('push', 'delete')),
    tag text,
    digest text,
    occurred_at timestamptz NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE geo_event_counter (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    last_id bigint NOT NULL
);

INSERT INTO geo_event_counter (last_id) VALUES (0);

COMMENT ON TABLE geo_events IS
    'A log of repositories that changed, for sites that replicate the registry. A reader keeps one '
    'number: id > number, in order of id, misses nothing.';
COMMENT ON COLUMN geo_events.id IS
    'without gaps and in the order of commits: from geo_event_counter, which the last statement of '
    'the transaction locks. Never from a sequence, whose numbers can become visible out of order';
COMMENT ON COLUMN geo_events.event_id IS 'the tracking event that caused it';
COMMENT ON COLUMN geo_events.container_repository_id IS
    'the repository that changed; no foreign key, since the news of a deleted one must still be read';
COMMENT ON COLUMN geo_events.action IS 'the registry''s verb';
COMMENT ON COLUMN geo_events.tag IS 'a hint: tags move, so ask the registry';
COMMENT ON COLUMN geo_events.digest IS 'a hint, as the tag is';
COMMENT ON COLUMN geo_events.occurred_at IS 'timestamp of the event, by the registry''s clock';
COMMENT ON COLUMN geo_events.recorded_at IS 'start of the transaction that wrote the row';
COMMENT ON TABLE geo_event_counter IS 'one row: the last id given out in geo_events';
COMMENT ON COLUMN geo_event_counter.only_row IS 'keeps the table at one row';
COMMENT ON COLUMN geo_event_counter.last_id IS 'the highest id in geo_events that was ever written';
