-- How the newest events of a repository are found. By day, since rows with one key have it once in
-- a tree: with the moment it takes four times the room. The operators of text_pattern_ops are those
-- that names are stepped through with in any collation.
CREATE INDEX tracking_events_repository
    ON tracking_events (repository text_pattern_ops, ((occurred_at AT TIME ZONE 'UTC')::date));

-- How one id or one digest is found. A tree of values of chance has more pages than stay in memory,
-- and each insert reads and writes another one; a filter of some pages is written once, when these
-- are full, which costs the worker nothing that can be measured.
CREATE INDEX tracking_events_event_id ON tracking_events
    USING brin (event_id text_bloom_ops (n_distinct_per_range = 2000, false_positive_rate = 0.005))
    WITH (pages_per_range = 64, autosummarize = on);
CREATE INDEX tracking_events_digest ON tracking_events
    USING brin (digest text_bloom_ops (n_distinct_per_range = 2000, false_positive_rate = 0.005))
    WITH (pages_per_range = 64, autosummarize = on);

CREATE TABLE tracking_event_days (
    day date NOT NULL,
    registry_source text NOT NULL,
    repository text NOT NULL,
    pushes bigint NOT NULL,
    deletes bigint NOT NULL,
    creations bigint NOT NULL,
    PRIMARY KEY (day, registry_source, repository)
);

CREATE INDEX tracking_event_days_repository
    ON tracking_event_days (repository text_pattern_ops, day);

CREATE TABLE tracking_event_actor_days (
    day date NOT NULL,
    registry_source text NOT NULL,
    action text NOT NULL,
    actor text NOT NULL,
    events bigint NOT NULL,
    PRIMARY KEY (day, registry_source, action, actor)
);

CREATE TABLE tracking_event_rollup (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    counted_until timestamptz NOT NULL,
    took interval NOT NULL DEFAULT '0'
);

INSERT INTO tracking_event_rollup (counted_until) VALUES ('1970-01-01 00:00Z');

CREATE VIEW registry_events_daily AS
SELECT day, registry_source, repository, pushes, deletes, creations FROM tracking_event_days;

CREATE VIEW repositories_activity AS
SELECT
    registry_source, repository, min(day) AS first_day, max(day) AS last_day,
    sum(pushes)::bigint AS pushes, sum(deletes)::bigint AS deletes,
    sum(creations)::bigint AS creations
FROM tracking_event_days GROUP BY registry_source, repository;

CREATE VIEW registry_actors_monthly AS
SELECT month, action, count(*) AS actors, sum(events)::bigint AS events
FROM (
    SELECT date_trunc('month', day::timestamp)::date AS month, action, actor, sum(events) AS events
    FROM tracking_event_actor_days GROUP BY 1, action, actor
) AS by_actor
GROUP BY month, action;

COMMENT ON TABLE tracking_event_days IS
    'How many tracking events there were, counted from tracking_events again for each day that got '
    'a new row. Without those whose clock is absurd: more than a year behind the record, or a day '
    'ahead of it. What retention drops from tracking_events stays counted, and an action that a rename '
    'changes long afterwards stays counted as it was.';
COMMENT ON COLUMN tracking_event_days.day IS 'of occurred_at, in UTC';
COMMENT ON COLUMN tracking_event_days.registry_source IS 'as in tracking_events';
COMMENT ON COLUMN tracking_event_days.repository IS 'as in tracking_events';
COMMENT ON COLUMN tracking_event_days.pushes IS 'push_tag and push_repository';
COMMENT ON COLUMN tracking_event_days.deletes IS 'delete_tag and delete_repository';
COMMENT ON COLUMN tracking_event_days.creations IS 'create_repository, which is no push here';
COMMENT ON TABLE tracking_event_actor_days IS
    'As tracking_event_days, by who did it; without events that name nobody';
COMMENT ON COLUMN tracking_event_actor_days.day IS 'of occurred_at, in UTC';
COMMENT ON COLUMN tracking_event_actor_days.registry_source IS 'as in tracking_events';
COMMENT ON COLUMN tracking_event_actor_days.action IS 'as in tracking_events';
COMMENT ON COLUMN tracking_event_actor_days.actor IS 'as in tracking_events: unverified';
COMMENT ON COLUMN tracking_event_actor_days.events IS 'how many';
COMMENT ON TABLE tracking_event_rollup IS 'One row: until when the tables of days are counted';
COMMENT ON COLUMN tracking_event_rollup.only_row IS 'keeps the table at one row';
COMMENT ON COLUMN tracking_event_rollup.counted_until IS
    'every row of tracking_events that was recorded before is counted';
COMMENT ON COLUMN tracking_event_rollup.took IS
    'how long it took, the last time: where that is long, it is done more seldom';
COMMENT ON VIEW registry_events_daily IS
    'What was done to each repository on each day; as recent as tracking_event_rollup says';
COMMENT ON COLUMN registry_events_daily.day IS 'by the registry''s clock, in UTC';
COMMENT ON COLUMN registry_events_daily.registry_source IS 'the configured registry';
COMMENT ON COLUMN registry_events_daily.repository IS 'its path, unique within the source';
COMMENT ON COLUMN registry_events_daily.pushes IS 'as in tracking_event_days';
COMMENT ON COLUMN registry_events_daily.deletes IS 'as in tracking_event_days';
COMMENT ON COLUMN registry_events_daily.creations IS 'as in tracking_event_days';
COMMENT ON VIEW repositories_activity IS
    'All that is counted of each repository; as recent as tracking_event_rollup says';
COMMENT ON COLUMN repositories_activity.registry_source IS 'the configured registry';
COMMENT ON COLUMN repositories_activity.repository IS 'its path, unique within the source';
COMMENT ON COLUMN repositories_activity.first_day IS 'the first day with an event';
COMMENT ON COLUMN repositories_activity.last_day IS 'the last day with an event';
COMMENT ON COLUMN repositories_activity.pushes IS 'as in registry_events_daily';
COMMENT ON COLUMN repositories_activity.deletes IS 'as in registry_events_daily';
COMMENT ON COLUMN repositories_activity.creations IS 'as in registry_events_daily';
COMMENT ON VIEW registry_actors_monthly IS
    'How many different actors did each action in each month; as recent as tracking_event_rollup '
    'says';
COMMENT ON COLUMN registry_actors_monthly.month IS 'its first day; months are in UTC';
COMMENT ON COLUMN registry_actors_monthly.action IS 'the tracking action';
COMMENT ON COLUMN registry_actors_monthly.actors IS
    'different names; one name in two registries counts once';
COMMENT ON COLUMN registry_actors_monthly.events IS 'what they did, without events of nobody';
