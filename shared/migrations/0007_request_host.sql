ALTER TABLE tracking_events ADD COLUMN request_host text;

COMMENT ON COLUMN tracking_events.request_host IS
    'request.host: the name under which the client reached the registry; null in rows of before';
