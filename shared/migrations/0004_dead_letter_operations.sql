CREATE TABLE dead_letter_operations (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    operation text NOT NULL CHECK (operation IN ('requeue', 'discard', 'edit', 'import')),
    actor text NOT NULL,
    selector text NOT NULL,
    matched bigint NOT NULL,
    done bigint NOT NULL DEFAULT 0,
    failed bigint NOT NULL DEFAULT 0,
    note text NOT NULL DEFAULT '',
    result text NOT NULL DEFAULT '',
    started_at timestamptz NOT NULL DEFAULT now(),
    finished_at timestamptz
);

COMMENT ON TABLE dead_letter_operations IS
    'The audit trail: one row for each time an operator changed dead letters, written before the '
    'first is touched and completed after the last';
COMMENT ON COLUMN dead_letter_operations.id IS 'a number for the row, rising';
COMMENT ON COLUMN dead_letter_operations.operation IS 'requeue, discard, edit or import';
COMMENT ON COLUMN dead_letter_operations.actor IS
    'who: user@host of the process, or the name that was given';
COMMENT ON COLUMN dead_letter_operations.selector IS 'which dead letters, as it was asked for';
COMMENT ON COLUMN dead_letter_operations.matched IS 'how many the selector named at the start';
COMMENT ON COLUMN dead_letter_operations.done IS 'how many were changed';
COMMENT ON COLUMN dead_letter_operations.failed IS 'how many were tried and stayed as they were';
COMMENT ON COLUMN dead_letter_operations.note IS 'why, in the operator''s own words';
COMMENT ON COLUMN dead_letter_operations.result IS 'how it ended, in words';
COMMENT ON COLUMN dead_letter_operations.started_at IS 'when it began';
COMMENT ON COLUMN dead_letter_operations.finished_at IS
    'when it ended; null while it runs, and for ever if it was killed';
