CREATE TABLE pull_counts (
    source text NOT NULL,
    repository text NOT NULL CHECK (length(repository) BETWEEN 1 AND 255),
    tag text NOT NULL,
    day date NOT NULL,
    last_pulled_at timestamptz NOT NULL,
    manifest_gets bigint NOT NULL DEFAULT 0,
    manifest_heads bigint NOT NULL DEFAULT 0,
    blob_gets bigint NOT NULL DEFAULT 0,
    blob_heads bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (source, repository, tag, day)
);

CREATE TABLE counted_pulls (
    occurred_at timestamptz NOT NULL,
    counted_at timestamptz NOT NULL DEFAULT now(),
    id uuid NOT NULL,
    PRIMARY KEY (occurred_at, id)
);

-- Rows come in the order of the clock that they are forgotten by.
CREATE INDEX counted_pulls_counted_at ON counted_pulls USING brin (counted_at);

CREATE VIEW repository_pulls AS
SELECT
    source, repository, tag,
    sum(manifest_gets)::bigint AS manifest_gets,
    sum(manifest_heads)::bigint AS manifest_heads,
    sum(blob_gets)::bigint AS blob_gets,
    sum(blob_heads)::bigint AS blob_heads,
    min(day) AS first_day,
    max(last_pulled_at) AS last_pulled_at
FROM pull_counts
GROUP BY source, repository, tag;

COMMENT ON TABLE pull_counts IS
    'How often a repository was pulled, by tag and day (UTC), each pull counted once.';
COMMENT ON COLUMN pull_counts.source IS 'the configured registry that it was pulled from';
COMMENT ON COLUMN pull_counts.repository IS
    'target.repository of the events; need not be in the catalogue, where a pull adds nothing';
COMMENT ON COLUMN pull_counts.tag IS
    'the tag that was asked for; empty for what was asked for by its digest, and for all blobs';
COMMENT ON COLUMN pull_counts.day IS
    'of the event''s own time in UTC; of its receipt where that clock is absurd';
COMMENT ON COLUMN pull_counts.last_pulled_at IS 'time of the latest pull of that day, of any kind';
COMMENT ON COLUMN pull_counts.manifest_gets IS 'manifests that were fetched';
COMMENT ON COLUMN pull_counts.manifest_heads IS
    'manifests that were only asked for: many clients ask for a tag so, and fetch by digest';
COMMENT ON COLUMN pull_counts.blob_gets IS 'layers and configurations that were fetched';
COMMENT ON COLUMN pull_counts.blob_heads IS 'layers and configurations that were only asked for';
COMMENT ON TABLE counted_pulls IS
    'Pulls that were counted within REGISTRY_EVENTS_PULLS_WINDOW: one that comes again within it '
    'counts once.';
COMMENT ON COLUMN counted_pulls.occurred_at IS 'timestamp of the event, by the registry''s clock';
COMMENT ON COLUMN counted_pulls.counted_at IS 'start of the transaction that counted it';
COMMENT ON COLUMN counted_pulls.id IS 'digest of the event''s id';
COMMENT ON VIEW repository_pulls IS
    'Pulls of all days, by repository and tag; last_pulled_at says whether anybody still uses it.';
COMMENT ON COLUMN repository_pulls.source IS 'as in pull_counts';
COMMENT ON COLUMN repository_pulls.repository IS 'as in pull_counts';
COMMENT ON COLUMN repository_pulls.tag IS 'as in pull_counts';
COMMENT ON COLUMN repository_pulls.manifest_gets IS 'of all days';
COMMENT ON COLUMN repository_pulls.manifest_heads IS 'of all days';
COMMENT ON COLUMN repository_pulls.blob_gets IS 'of all days';
COMMENT ON COLUMN repository_pulls.blob_heads IS 'of all days';
COMMENT ON COLUMN repository_pulls.first_day IS 'the first day that has a count';
COMMENT ON COLUMN repository_pulls.last_pulled_at IS 'time of the latest pull, of any kind';
