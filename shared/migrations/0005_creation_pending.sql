-- Rows that somebody else writes, and workers of before while an upgrade goes on, keep the default.
ALTER TABLE container_repositories ADD COLUMN creation_pending boolean NOT NULL DEFAULT false;

UPDATE container_repositories AS repository SET creation_pending = true
WHERE NOT EXISTS (
    SELECT FROM tracking_events AS event
    WHERE event.repository = repository.path
        AND event.action IN ('push_repository', 'create_repository')
);

COMMENT ON COLUMN container_repositories.creation_pending IS
    'whether the next untagged push is to be recorded as create_repository: true in rows that a '
    'worker registered, until it is; false where the row was there before, and in mode "lookup"';
