-- One table inherits the other, so that what knows nothing of sources goes on: whoever inserts ON
-- CONFLICT (path), workers of before while an upgrade goes on or the platform that owns the rows,
-- needs a unique index on path alone, and a partial one would not do. A row stands in the table of
-- its source by a check; ids come from one sequence; whoever reads finds the rows of both.
ALTER TABLE container_repositories
    ADD COLUMN source text NOT NULL DEFAULT 'default',
    ADD CONSTRAINT container_repositories_source_check CHECK (source = 'default') NO INHERIT;

CREATE TABLE other_container_repositories (
    PRIMARY KEY (id),
    UNIQUE (source, path),
    CHECK (source NOT IN ('', 'default'))
) INHERITS (container_repositories);

ALTER TABLE other_container_repositories
    ALTER COLUMN id SET DEFAULT nextval('container_repositories_id_seq'),
    ALTER COLUMN source DROP DEFAULT;

ALTER TABLE tracking_events
    ADD COLUMN registry_source text NOT NULL DEFAULT 'default',
    ADD COLUMN registry text,
    ADD COLUMN kind text,
    ADD COLUMN id_from text,
    ADD COLUMN time_from text;

ALTER TABLE conflicting_events ADD COLUMN registry_source text NOT NULL DEFAULT 'default';

COMMENT ON TABLE container_repositories IS
    'The catalogue: which repositories exist. Written by the worker in catalogue mode "register", '
    'by the platform that owns the rows in mode "lookup". Selected from, it has the rows of all '
    'sources; those of "default" are its own, all others are in other_container_repositories.';
COMMENT ON COLUMN container_repositories.source IS
    'the configured registry that has it; a path names a repository only within its source';
COMMENT ON TABLE other_container_repositories IS
    'The catalogue''s rows of all sources but "default"; inherits container_repositories.';
COMMENT ON COLUMN other_container_repositories.id IS
    'as in container_repositories, from the same sequence';
COMMENT ON COLUMN other_container_repositories.path IS
    'the repository as the registry names it, without a host; unique within its source';
COMMENT ON COLUMN other_container_repositories.created_at IS 'when the row was written';
COMMENT ON COLUMN other_container_repositories.creation_pending IS
    'as in container_repositories';
COMMENT ON COLUMN other_container_repositories.source IS 'the configured registry that has it';
COMMENT ON COLUMN tracking_events.registry_source IS
    'the configured registry that it came from, by the route that took it';
COMMENT ON COLUMN tracking_events.registry IS
    'the software of that registry; null: distribution, or what sends as it does';
COMMENT ON COLUMN tracking_events.kind IS
    'what changed, by the registry''s own word: manifest, blob, tag, repository; null without one';
COMMENT ON COLUMN tracking_events.id_from IS
    'where event_id is from: header, derived (of what the body has, the same on each retry) or '
    'received (made on receipt, another on each retry); null: the registry''s own';
COMMENT ON COLUMN tracking_events.time_from IS
    'where occurred_at is from: header, derived or received; null: the registry''s own';
COMMENT ON COLUMN conflicting_events.registry_source IS
    'the configured registry that it came from';
