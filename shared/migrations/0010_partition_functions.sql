-- The one place where partitions are made and dropped: whoever does so, and whenever, by these
-- functions, in a transaction with a short lock_timeout.
CREATE TABLE dropped_ranges (
    parent text PRIMARY KEY,
    first timestamptz NOT NULL,
    kept_from timestamptz NOT NULL,
    CHECK (first < kept_from)
);

CREATE TABLE received_events (
    occurred_at timestamptz NOT NULL,
    event_id text NOT NULL,
    id_scope text NOT NULL,
    PRIMARY KEY (event_id, id_scope)
);

CREATE INDEX received_events_occurred_at ON received_events
    USING brin (occurred_at) WITH (autosummarize = on);

CREATE TABLE geo_sites (
    name text PRIMARY KEY,
    cursor bigint NOT NULL
);

-- Bounds are read as this session writes them. The default partition has none.
CREATE VIEW event_partitions AS
SELECT
    parent.oid AS parent_oid, parent.relname::text AS parent, child.oid AS partition_oid,
    child.relname::text AS partition, bounds[1]::timestamptz AS first,
    bounds[2]::timestamptz AS until
FROM pg_partitioned_table
JOIN pg_class AS parent ON parent.oid = partrelid
JOIN pg_inherits ON inhparent = parent.oid
JOIN pg_class AS child ON child.oid = inhrelid
CROSS JOIN LATERAL regexp_match(
    pg_get_expr(child.relpartbound, child.oid), '\(''(.+)''\) TO \(''(.+)''\)'
) AS bounds
WHERE parent.oid IN (to_regclass('tracking_events'), to_regclass('geo_events'));

-- ATTACH keeps nobody from the table who needs none of the default partition's rows; CREATE TABLE
-- PARTITION OF would wait for everybody.
CREATE FUNCTION make_partition(parent regclass, first timestamptz, until timestamptz)
RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    schema text;
    title text;
    time_column text;
    made text;
    others regclass;
    moved bigint;
BEGIN
    IF EXISTS (
        SELECT FROM event_partitions AS old WHERE old.parent_oid = make_partition.parent
            AND old.first < make_partition.until AND old.until > make_partition.first
    ) THEN
        RETURN NULL;
    END IF;
    SELECT relnamespace::regnamespace, relname, attname, partdefid
    INTO schema, title, time_column, others
    FROM pg_class
    JOIN pg_partitioned_table ON partrelid = pg_class.oid
    JOIN pg_attribute ON attrelid = pg_class.oid AND attnum = partattrs[0]
    WHERE pg_class.oid = parent;
    made := format(
        '%s.%I', schema, title || to_char(first AT TIME ZONE 'UTC', '_YYYY_MM')
    );
    EXECUTE format('CREATE TABLE %s (LIKE %s INCLUDING ALL)', made, parent);
    EXECUTE format('COMMENT ON TABLE %s IS %L', made, format(
        'the partition of %s for %s from %s until %s', title, time_column, first, until
    ));
    EXECUTE format('LOCK TABLE %s IN ACCESS EXCLUSIVE MODE', others);
    EXECUTE format(
        'WITH moved AS (DELETE FROM %1$s WHERE %2$I >= %3$L AND %2$I < %4$L RETURNING *) '
        'INSERT INTO %5$s SELECT * FROM moved', others, time_column, first, until, made
    );
    GET DIAGNOSTICS moved = ROW_COUNT;
    EXECUTE format(
        'ALTER TABLE %s ATTACH PARTITION %s FOR VALUES FROM (%L) TO (%L)',
        parent, made, first, until
    );
    RETURN moved;
END
$$;

-- With a default partition none can be detached concurrently: this waits for everybody who is at
-- the table. What it returns is whether the partition is gone; it stays while a site has to read it.
CREATE FUNCTION drop_partition(partition regclass)
RETURNS boolean STRICT LANGUAGE plpgsql AS $$
DECLARE
    gone record;
    highest bigint;
BEGIN
    SELECT * INTO gone FROM event_partitions AS known
    WHERE known.partition_oid = drop_partition.partition AND known.until IS NOT NULL;
    IF NOT FOUND THEN
        RAISE EXCEPTION '% is no partition with bounds', partition;
    END IF;
    EXECUTE format('LOCK TABLE %s IN ACCESS EXCLUSIVE MODE', gone.parent_oid::regclass);
    IF gone.parent = 'geo_events' THEN
        EXECUTE format('SELECT max(id) FROM %s', partition) INTO highest;
        IF EXISTS (SELECT FROM geo_sites WHERE cursor < highest) THEN
            RETURN false;
        END IF;
    END IF;
    INSERT INTO dropped_ranges AS dropped (parent, first, kept_from)
    VALUES (gone.parent, gone.first, gone.until)
    ON CONFLICT (parent) DO UPDATE SET
        first = least(dropped.first, excluded.first),
        kept_from = greatest(dropped.kept_from, excluded.kept_from);
    EXECUTE format('DROP TABLE %s', partition);
    RETURN true;
END
$$;

COMMENT ON TABLE dropped_ranges IS
    'One row a partitioned table: the range of time whose partitions were dropped. A tracking event '
    'of that range that comes again is not recorded anew.';
COMMENT ON COLUMN dropped_ranges.parent IS 'tracking_events or geo_events';
COMMENT ON COLUMN dropped_ranges.first IS 'where the earliest partition that was dropped began';
COMMENT ON COLUMN dropped_ranges.kept_from IS 'where the latest one ended: what is kept begins here';
COMMENT ON TABLE received_events IS
    'Ids, the same on each retry, of events that have no time of their own: the time of the first '
    'receipt is theirs, so that a retry has the key of what it repeats.';
COMMENT ON COLUMN received_events.event_id IS 'as in tracking_events';
COMMENT ON COLUMN received_events.id_scope IS 'as in tracking_events';
COMMENT ON COLUMN received_events.occurred_at IS 'under which tracking_events has it';
COMMENT ON TABLE geo_sites IS
    'The sites that follow geo_events; maintain drops nothing of it that one of them has not read';
COMMENT ON COLUMN geo_sites.name IS 'of the site';
COMMENT ON COLUMN geo_sites.cursor IS 'the id in geo_events up to which it has read all';
COMMENT ON VIEW event_partitions IS
    'The partitions of tracking_events and geo_events with their bounds; the default one has none';
COMMENT ON FUNCTION make_partition(regclass, timestamptz, timestamptz) IS
    'Makes the partition of a range, and moves what the default partition has of it: so many rows, '
    'null if there is one already that overlaps it';
COMMENT ON FUNCTION drop_partition(regclass) IS
    'Drops a partition of tracking_events or geo_events and remembers its range; false, and nothing '
    'done, while a row of geo_sites has not read all of it';
