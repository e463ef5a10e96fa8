-- Rows come and go: what is dead is cleared after so many of them, not after a part of the table,
-- which would be large when a collector has been away.
CREATE TABLE forward_outbox (
    sink text NOT NULL,
    id bigint GENERATED ALWAYS AS IDENTITY,
    event json NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (sink, id)
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 10000);

CREATE TABLE forward_refused (
    sink text NOT NULL,
    id bigint NOT NULL,
    event json NOT NULL,
    recorded_at timestamptz NOT NULL,
    cause text NOT NULL,
    refused_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (sink, id)
);

COMMENT ON TABLE forward_outbox IS
    'What is still to be forwarded: a row for each tracking event and sink, written in the '
    'transaction that records the event and deleted when the sink has taken it.';
COMMENT ON COLUMN forward_outbox.sink IS 'where the event goes: snowplow or cloudevents';
COMMENT ON COLUMN forward_outbox.id IS
    'roughly the order in which rows were written; not that of commits, which needs nobody, since '
    'a row is there until it is delivered';
COMMENT ON COLUMN forward_outbox.event IS
    'the columns of the tracking event: its row may be gone before a sink has taken it. As text, which '
    'costs a third less than jsonb to write; nobody looks into it but its reader';
COMMENT ON COLUMN forward_outbox.recorded_at IS 'when the event was recorded';
COMMENT ON TABLE forward_refused IS
    'Events that a sink refused, each alone; `registry-events forward --retry-refused` puts them '
    'back.';
COMMENT ON COLUMN forward_refused.sink IS 'who refused it';
COMMENT ON COLUMN forward_refused.id IS 'the id that it had in forward_outbox';
COMMENT ON COLUMN forward_refused.event IS 'as it stood in forward_outbox';
COMMENT ON COLUMN forward_refused.recorded_at IS 'when the event was recorded';
COMMENT ON COLUMN forward_refused.cause IS 'what the sink answered';
COMMENT ON COLUMN forward_refused.refused_at IS 'when it was refused';
