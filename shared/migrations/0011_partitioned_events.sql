-- A table of before becomes the partition of all months until now, as it stands: an index is built
-- and a check made, no row is copied but those of absurd clocks. Workers of before cannot insert
-- into the new tables; they take that for an outage, hold what they have and wait.

-- What columns of the one say of themselves, said by those of the other that say nothing.
CREATE FUNCTION copy_comments(one regclass, other regclass) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    told record;
BEGIN
    FOR told IN
        SELECT mine.attname, col_description(one, mine.attnum) AS text
        FROM pg_attribute AS mine
        JOIN pg_attribute AS theirs ON theirs.attrelid = other AND theirs.attname = mine.attname
        WHERE mine.attrelid = one AND col_description(one, mine.attnum) IS NOT NULL
            AND col_description(other, theirs.attnum) IS NULL
    LOOP
        EXECUTE format('COMMENT ON COLUMN %s.%I IS %L', other, told.attname, told.text);
    END LOOP;
END
$$;

CREATE FUNCTION adopt_partition(parent text, first timestamptz, until timestamptz)
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    title text := parent || to_char(until AT TIME ZONE 'UTC', '"_before_"YYYY_MM');
BEGIN
    EXECUTE format('ALTER TABLE %I RENAME TO %I', parent || '_before', title);
    EXECUTE format('COMMENT ON TABLE %I IS %L', title, format(
        'the partition of %s from %s until %s, of before there were partitions',
        parent, first, until
    ));
    EXECUTE format(
        'ALTER TABLE %I ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)',
        parent, title, first, until
    );
END
$$;

ALTER TABLE tracking_events RENAME TO tracking_events_before;
ALTER TABLE tracking_events_before DROP CONSTRAINT tracking_events_pkey;
ALTER TABLE tracking_events_before DROP COLUMN id;
ALTER TABLE tracking_events_before ADD COLUMN id_scope text NOT NULL DEFAULT '';
ALTER INDEX tracking_events_recorded_at RENAME TO tracking_events_before_recorded_at;
UPDATE tracking_events_before SET id_scope = registry_source WHERE id_from = 'derived';

-- With which the event is found by the new key; its scope is of the row's own source.
ALTER TABLE container_repositories ADD COLUMN creation_occurred_at timestamptz;
UPDATE container_repositories SET creation_occurred_at = event.occurred_at
FROM tracking_events_before AS event WHERE event.event_id = created_by;
COMMENT ON COLUMN container_repositories.creation_occurred_at IS
    'the time of the event in created_by, under which tracking_events has it';
COMMENT ON COLUMN other_container_repositories.creation_occurred_at IS
    'as in container_repositories';

-- What has one size stands first, which saves the padding; what is rarely told stands last.
CREATE TABLE tracking_events (
    occurred_at timestamptz NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT now(),
    container_repository_id bigint,
    event_id text NOT NULL
        CONSTRAINT tracking_events_event_id_check CHECK (length(event_id) BETWEEN 1 AND 255),
    id_scope text NOT NULL DEFAULT '',
    action text NOT NULL CONSTRAINT tracking_events_action_check CHECK (action IN (
        'push_tag', 'delete_tag', 'push_repository', 'delete_repository', 'create_repository'
    )),
    category text NOT NULL DEFAULT 'container_registry:notification',
    repository text NOT NULL
        CONSTRAINT tracking_events_repository_check CHECK (length(repository) BETWEEN 1 AND 255),
    registry_source text NOT NULL DEFAULT 'default',
    tag text CONSTRAINT tracking_events_tag_check CHECK (length(tag) BETWEEN 1 AND 128),
    digest text,
    media_type text,
    actor text,
    source text,
    request_id text,
    request_host text,
    request_method text,
    user_agent text,
    registry text,
    kind text,
    id_from text,
    time_from text,
    PRIMARY KEY (occurred_at, event_id, id_scope)
) PARTITION BY RANGE (occurred_at);

-- A tree, since its readers want the newest in order; a transaction's rows share one time, which
-- it stores once.
CREATE INDEX tracking_events_recorded_at ON tracking_events (recorded_at);

COMMENT ON TABLE tracking_events IS
    'One row an event, however often the registry sent it; partitioned by the event''s own time, '
    'a month (UTC) each. A reader that must miss nothing follows geo_events.';
COMMENT ON COLUMN tracking_events.event_id IS
    'the registry''s event id, byte-identical on its retries as its time is: together with id_scope '
    'the key that counts an event once';
COMMENT ON COLUMN tracking_events.id_scope IS
    'within what event_id is unique: the registry_source where it is derived, since two registries '
    'of one kind may derive the same; empty otherwise';
COMMENT ON COLUMN tracking_events.occurred_at IS
    'timestamp of the event, by the registry''s clock; of its first receipt where it has none';
SELECT copy_comments('tracking_events_before', 'tracking_events');
SELECT copy_comments('tracking_events', 'tracking_events_before');

CREATE TABLE tracking_events_default (LIKE tracking_events INCLUDING ALL);
COMMENT ON TABLE tracking_events_default IS
    'The partition of tracking_events for the times that no other one has: those of absurd clocks';
ALTER TABLE tracking_events ATTACH PARTITION tracking_events_default DEFAULT;

-- From the first month to the last one of a clock that can be believed (shared/lag.py).
DO $$
DECLARE
    first timestamptz;
    until timestamptz;
BEGIN
    SELECT
        date_trunc('month', min(occurred_at), 'UTC'),
        (date_trunc('month', max(occurred_at) AT TIME ZONE 'UTC') + interval '1 month')
            AT TIME ZONE 'UTC'
    INTO first, until FROM tracking_events_before
    WHERE recorded_at - occurred_at BETWEEN interval '-1 day' AND interval '365 days';
    ALTER TABLE tracking_events_before ADD CONSTRAINT tracking_events_before_pkey
        PRIMARY KEY (occurred_at, event_id, id_scope);
    ALTER TABLE tracking_events_before DROP CONSTRAINT tracking_events_event_id_key;
    INSERT INTO tracking_events_default
    SELECT (json_populate_record(NULL::tracking_events_default, to_json(absurd))).*
    FROM tracking_events_before AS absurd
    WHERE first IS NULL OR occurred_at < first OR occurred_at >= until;
    IF first IS NULL THEN
        DROP TABLE tracking_events_before;
    ELSE
        DELETE FROM tracking_events_before WHERE occurred_at < first OR occurred_at >= until;
        PERFORM adopt_partition('tracking_events', first, until);
    END IF;
END
$$;

ALTER TABLE geo_events RENAME TO geo_events_before;
ALTER TABLE geo_events_before DROP CONSTRAINT geo_events_pkey;
ALTER TABLE geo_events_before
    DROP CONSTRAINT geo_events_event_id_container_repository_id_key;

CREATE TABLE geo_events (
    id bigint NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT now(),
    occurred_at timestamptz NOT NULL,
    container_repository_id bigint NOT NULL,
    former_repository_id bigint,
    event_id text NOT NULL,
    action text NOT NULL
        CONSTRAINT geo_events_action_check CHECK (action IN ('push', 'delete', 'rename')),
    tag text,
    digest text,
    former_path text,
    PRIMARY KEY (id, recorded_at)
) PARTITION BY RANGE (recorded_at);

-- The rows of a time stand together, so a few bytes find them.
CREATE INDEX geo_events_recorded_at ON geo_events
    USING brin (recorded_at) WITH (autosummarize = on);

COMMENT ON TABLE geo_events IS
    'A log of repositories that changed, for sites that replicate the registry; partitioned by the '
    'time of the record, a month (UTC) each. A reader keeps one number: id > number, in order of '
    'id, misses nothing.';
COMMENT ON COLUMN geo_events.recorded_at IS
    'start of the transaction that wrote the row, mostly that of its tracking event too';
SELECT copy_comments('geo_events_before', 'geo_events');

CREATE TABLE geo_events_default (LIKE geo_events INCLUDING ALL);
COMMENT ON TABLE geo_events_default IS
    'The partition of geo_events for the times that no other one has, until that is made';
ALTER TABLE geo_events ATTACH PARTITION geo_events_default DEFAULT;

-- By the database's own clock, in whose order they were written.
DO $$
DECLARE
    first timestamptz;
    until timestamptz;
BEGIN
    SELECT
        date_trunc('month', min(recorded_at), 'UTC'),
        (date_trunc('month', max(recorded_at) AT TIME ZONE 'UTC') + interval '1 month')
            AT TIME ZONE 'UTC'
    INTO first, until FROM geo_events_before;
    IF first IS NULL THEN
        DROP TABLE geo_events_before;
    ELSE
        ALTER TABLE geo_events_before ADD CONSTRAINT geo_events_before_pkey
            PRIMARY KEY (id, recorded_at);
        PERFORM adopt_partition('geo_events', first, until);
    END IF;
END
$$;

DROP FUNCTION adopt_partition(text, timestamptz, timestamptz);
DROP FUNCTION copy_comments(regclass, regclass);
