-- What a registry and the records agreed on, so that it is known when retention has dropped the
-- event that said so.
CREATE TABLE reconciled_tags (
    source text NOT NULL,
    repository text NOT NULL CHECK (length(repository) BETWEEN 1 AND 255),
    tag text NOT NULL CHECK (length(tag) BETWEEN 1 AND 128),
    digest text NOT NULL,
    occurred_at timestamptz NOT NULL,
    event_id text NOT NULL,
    PRIMARY KEY (source, repository, tag)
);

CREATE TABLE reconcile_runs (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    source text NOT NULL,
    registry text NOT NULL,
    started_at timestamptz NOT NULL DEFAULT now(),
    finished_at timestamptz,
    repositories bigint NOT NULL DEFAULT 0,
    tags bigint NOT NULL DEFAULT 0,
    unrecorded bigint NOT NULL DEFAULT 0,
    moved bigint NOT NULL DEFAULT 0,
    gone bigint NOT NULL DEFAULT 0,
    filled_in bigint NOT NULL DEFAULT 0,
    failures bigint NOT NULL DEFAULT 0,
    error text NOT NULL DEFAULT ''
);

CREATE INDEX reconcile_runs_started_at ON reconcile_runs (source, started_at);

COMMENT ON TABLE reconciled_tags IS
    'Tags that a registry had as they are recorded, when reconcile looked last: what is recorded of '
    'a tag is this or a later event, so that what retention drops is missing to nobody.';
COMMENT ON COLUMN reconciled_tags.source IS 'the configured registry';
COMMENT ON COLUMN reconciled_tags.repository IS 'its path when reconcile looked';
COMMENT ON COLUMN reconciled_tags.tag IS 'as in tracking_events';
COMMENT ON COLUMN reconciled_tags.digest IS 'of the manifest that the tag stood for';
COMMENT ON COLUMN reconciled_tags.occurred_at IS
    'of the event that said so; the time of its record if its clock was ahead of that';
COMMENT ON COLUMN reconciled_tags.event_id IS 'of the event that said so';
COMMENT ON TABLE reconcile_runs IS
    'One row for each time that a registry was compared with what is recorded, but for dry runs; '
    'those of more than a year ago are deleted by the next one of the source.';
COMMENT ON COLUMN reconcile_runs.id IS 'a number for the row, rising';
COMMENT ON COLUMN reconcile_runs.source IS 'the configured registry';
COMMENT ON COLUMN reconcile_runs.registry IS 'where it was asked: its URL';
COMMENT ON COLUMN reconcile_runs.started_at IS 'when it began';
COMMENT ON COLUMN reconcile_runs.finished_at IS
    'when it ended; null while it runs, and for ever if it was killed';
COMMENT ON COLUMN reconcile_runs.repositories IS 'how many were looked at';
COMMENT ON COLUMN reconcile_runs.tags IS 'how many these have';
COMMENT ON COLUMN reconcile_runs.unrecorded IS 'tags that no push was recorded of, at both looks';
COMMENT ON COLUMN reconcile_runs.moved IS 'tags that were recorded with another digest, as before';
COMMENT ON COLUMN reconcile_runs.gone IS 'tags that are recorded and were gone, as before';
COMMENT ON COLUMN reconcile_runs.filled_in IS 'for how many of these an event was published';
COMMENT ON COLUMN reconcile_runs.failures IS
    'repositories that could not be looked at, and the catalogue if it was cut';
COMMENT ON COLUMN reconcile_runs.error IS 'why the run ended early, or what was not filled in';
COMMENT ON COLUMN tracking_events.id_from IS
    'where event_id is from: header, derived (of what the body has, the same on each retry), '
    'received (made on receipt, another on each retry) or reconciled (no registry sent it: reconcile '
    'found that it is missing); null: the registry''s own';
