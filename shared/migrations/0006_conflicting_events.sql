CREATE TABLE conflicting_events (
    event_id text NOT NULL,
    content bytea NOT NULL,
    action text NOT NULL,
    repository text NOT NULL,
    tag text,
    digest text,
    source text,
    occurred_at timestamptz NOT NULL,
    seen_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (event_id, content)
);

CREATE INDEX conflicting_events_seen_at ON conflicting_events (seen_at);

COMMENT ON TABLE conflicting_events IS
    'Events that came under an id which is recorded with another content: not counted in '
    'tracking_events, where one row stands for each id. Their sender reuses ids.';
COMMENT ON COLUMN conflicting_events.event_id IS 'the id that they share with a tracking event';
COMMENT ON COLUMN conflicting_events.content IS
    'digest of all that would have been recorded, so that an event which comes again is no second '
    'one';
COMMENT ON COLUMN conflicting_events.action IS 'the registry''s verb';
COMMENT ON COLUMN conflicting_events.repository IS 'target.repository';
COMMENT ON COLUMN conflicting_events.tag IS 'target.tag, null without a tag';
COMMENT ON COLUMN conflicting_events.digest IS 'target.digest';
COMMENT ON COLUMN conflicting_events.source IS 'source.addr: the registry node';
COMMENT ON COLUMN conflicting_events.occurred_at IS 'timestamp of the event, by the registry''s clock';
COMMENT ON COLUMN conflicting_events.seen_at IS 'when it came first';
