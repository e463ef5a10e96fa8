CREATE TABLE repository_renames (
    event_id text PRIMARY KEY CHECK (length(event_id) BETWEEN 1 AND 255),
    registry_source text NOT NULL,
    from_path text NOT NULL CHECK (length(from_path) BETWEEN 1 AND 255),
    to_path text NOT NULL CHECK (length(to_path) BETWEEN 1 AND 255 AND to_path <> from_path),
    occurred_at timestamptz NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT now()
);

CREATE INDEX repository_renames_from
    ON repository_renames (registry_source, from_path, occurred_at);

CREATE FUNCTION repository_and_parents(path text) RETURNS text[] LANGUAGE sql IMMUTABLE STRICT
RETURN ARRAY(
    SELECT array_to_string((string_to_array(path, '/'))[:depth], '/')
    FROM generate_series(1, cardinality(string_to_array(path, '/'))) AS depth
);

ALTER TABLE container_repositories
    ADD COLUMN created_by text,
    ADD COLUMN path_since timestamptz;

-- One rename moves a repository and all below it, each of which has a row of its own.
ALTER TABLE geo_events
    DROP CONSTRAINT geo_events_event_id_key,
    ADD CONSTRAINT geo_events_event_id_container_repository_id_key
        UNIQUE (event_id, container_repository_id),
    DROP CONSTRAINT geo_events_action_check,
    ADD CONSTRAINT geo_events_action_check CHECK (action IN ('push', 'delete', 'rename')),
    ADD COLUMN former_path text,
    ADD COLUMN former_repository_id bigint;

COMMENT ON TABLE repository_renames IS
    'One row a rename, however often the registry sent it: it moved the repository, and all below '
    'it, to another path. Events of before, which come later, follow it.';
COMMENT ON COLUMN repository_renames.event_id IS
    'the registry''s event id, byte-identical on its retries: the key that moves rows once';
COMMENT ON COLUMN repository_renames.registry_source IS
    'the configured registry that it came from';
COMMENT ON COLUMN repository_renames.from_path IS 'target.rename.from: the path before';
COMMENT ON COLUMN repository_renames.to_path IS 'target.rename.to: the path after';
COMMENT ON COLUMN repository_renames.occurred_at IS
    'timestamp of the event, by the registry''s clock: what is older belongs to the new path';
COMMENT ON COLUMN repository_renames.recorded_at IS 'start of the transaction that wrote the row';
COMMENT ON FUNCTION repository_and_parents IS
    'a path and all paths that it is below: whose renames move it';
COMMENT ON COLUMN container_repositories.created_by IS
    'the event that was recorded as create_repository; null while that is pending, and where the '
    'row was there before';
COMMENT ON COLUMN container_repositories.path_since IS
    'when a rename took this path from, or gave it to, a repository; events of before then are '
    'looked for in repository_renames; null: no rename has touched it';
COMMENT ON COLUMN other_container_repositories.created_by IS 'as in container_repositories';
COMMENT ON COLUMN other_container_repositories.path_since IS 'as in container_repositories';
COMMENT ON COLUMN geo_events.event_id IS
    'the event that caused it: of tracking_events, or a rename of repository_renames; there again '
    'if it turned out, by a rename that came late, to be of another repository';
COMMENT ON COLUMN geo_events.former_path IS 'of a rename: the path that the repository had before';
COMMENT ON COLUMN geo_events.former_repository_id IS
    'of a rename whose new path had a row already: the id of the row that was given up for it';
