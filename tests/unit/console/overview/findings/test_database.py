"""What an operator is told of locks: whose, since when, and how to end it."""

import pytest

from console.overview.findings.database import database_findings
from console.overview.findings.finding import Finding, State
from console.overview.seen.database import Database, LockHolder
from tests.unit.console.overview.seen import make_activity

PSQL = LockHolder(4711, "psql", "postgres", "idle in transaction", 720.0, waiting=3)

CASES = {
    "everybody is kept out": (
        Database(version="15.0", is_locked=True, lock_holders=[PSQL]),
        State.DOWN,
        (
            "a lock of session 4711 (psql, user postgres, idle in transaction for 12 min) keeps "
            "everybody from the tables, also from reading them; events wait and none is lost. If "
            "session 4711 does not end by itself, end it: `SELECT pg_terminate_backend(4711)`"
        ),
    ),
    "workers are kept waiting": (
        Database("", "15.0", 4, 0, make_activity(), lock_holders=[PSQL]),
        State.DEGRADED,
        (
            "a lock of session 4711 (psql, user postgres, idle in transaction for 12 min) keeps 3 "
            "sessions of registry-events waiting; events wait and none is lost. If session 4711 "
            "does not end by itself, end it: `SELECT pg_terminate_backend(4711)`"
        ),
    ),
    "of a session that may not be seen": (
        Database("", "15.0", 4, 0, make_activity(), lock_holders=[LockHolder(4711, waiting=1)]),
        State.DEGRADED,
        (
            "a lock of session 4711 (without a name, user unknown, its state is hidden from this "
            "user) keeps 1 session of registry-events waiting; events wait and none is lost. If "
            "session 4711 does not end by itself, end it: `SELECT pg_terminate_backend(4711)`"
        ),
    ),
    "of no session at all": (
        Database(version="15.0", is_locked=True, lock_holders=[LockHolder(0)]),
        State.DOWN,
        (
            "a lock of a prepared transaction keeps everybody from the tables, also from reading "
            "them; events wait and none is lost. If a prepared transaction does not end by itself, "
            "end it: `ROLLBACK PREPARED`, see pg_prepared_xacts"
        ),
    ),
    "it is over": (
        Database(version="15.0", is_locked=True),
        State.DOWN,
        (
            "a lock kept everybody from the tables, also from reading them, and was given back "
            "just now: look again"
        ),
    ),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_a_lock_in_words(case: tuple[Database, State, str]) -> None:
    database, state, text = case
    assert list(database_findings(database)) == [Finding(state, text)]
