ALTER TABLE geo_sites
    ADD COLUMN started_at timestamptz NOT NULL DEFAULT now(),
    ADD COLUMN seen_at timestamptz,
    ADD COLUMN moved_at timestamptz,
    ADD COLUMN follower text,
    ADD COLUMN follower_until timestamptz,
    ADD COLUMN error text,
    ADD COLUMN error_at timestamptz,
    ADD COLUMN token_hash bytea UNIQUE CHECK (length(token_hash) = 32),
    ADD CHECK ((error IS NULL) = (error_at IS NULL));

CREATE TABLE geo_pending (
    site text NOT NULL REFERENCES geo_sites (name) ON DELETE CASCADE,
    source text NOT NULL,
    path text NOT NULL CHECK (length(path) BETWEEN 1 AND 255),
    change_id bigint NOT NULL,
    attempts integer NOT NULL DEFAULT 0,
    cause text,
    since timestamptz NOT NULL DEFAULT now(),
    due_at timestamptz NOT NULL DEFAULT now(),
    held_until timestamptz,
    PRIMARY KEY (site, source, path)
);

CREATE INDEX geo_pending_due_at ON geo_pending (site, due_at);

-- For who asks what became of a repository that gave way: nearly no row has one, so it is small.
CREATE INDEX geo_events_former_repository_id ON geo_events (former_repository_id)
    WHERE former_repository_id IS NOT NULL;

COMMENT ON COLUMN geo_sites.started_at IS 'when the site was written down';
COMMENT ON COLUMN geo_sites.seen_at IS
    'when it last asked for changes or moved its cursor, to some seconds; null: never';
COMMENT ON COLUMN geo_sites.moved_at IS 'when its cursor last moved; null: never';
COMMENT ON COLUMN geo_sites.follower IS
    'the follower that hands on for it, by the name that it has given itself; null: none ever did';
COMMENT ON COLUMN geo_sites.follower_until IS
    'until when no other follower does, unless that one says that it goes on';
COMMENT ON COLUMN geo_sites.error IS
    'what last kept it from going on, in one sentence; over when moved_at is later than error_at';
COMMENT ON COLUMN geo_sites.error_at IS 'when that was';
COMMENT ON COLUMN geo_sites.token_hash IS
    'SHA-256 of the token that opens the log to it over HTTP; null: nothing does';
COMMENT ON TABLE geo_pending IS
    'Repositories that a site has yet to make equal to the primary''s: written in the transaction '
    'that moves the site''s cursor over their changes, deleted when they are equal.';
COMMENT ON COLUMN geo_pending.site IS 'whose';
COMMENT ON COLUMN geo_pending.source IS 'the configured registry that has the repository';
COMMENT ON COLUMN geo_pending.path IS 'of the repository; it need not exist any more';
COMMENT ON COLUMN geo_pending.change_id IS
    'the id in geo_events of its last change, or where the log ended when all became pending: what '
    'is made equal is done with only if this has not moved on meanwhile';
COMMENT ON COLUMN geo_pending.attempts IS 'how often it has failed since it was last equal';
COMMENT ON COLUMN geo_pending.cause IS 'of the last failure, in one sentence; null: none';
COMMENT ON COLUMN geo_pending.since IS 'when it became pending';
COMMENT ON COLUMN geo_pending.due_at IS 'not tried before';
COMMENT ON COLUMN geo_pending.held_until IS
    'a process works on it until then, unless it says that it needs longer; null: none does';
