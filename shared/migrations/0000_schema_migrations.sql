CREATE TABLE schema_migrations (
    version integer PRIMARY KEY,
    name text NOT NULL,
    checksum text NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT now()
);

COMMENT ON TABLE schema_migrations IS 'which migrations of registry-events this database has';
COMMENT ON COLUMN schema_migrations.version IS 'the number that the migration''s file starts with';
COMMENT ON COLUMN schema_migrations.name IS 'the rest of the file''s name';
COMMENT ON COLUMN schema_migrations.checksum IS 'SHA-256 of the file: an applied one never changes';
COMMENT ON COLUMN schema_migrations.applied_at IS 'when it was applied';
