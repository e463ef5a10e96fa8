"""What is wrong with the database, and what to do about it. Pure."""

from collections.abc import Iterator
from typing import Final

from console.overview.findings.finding import Finding, State
from console.overview.seen.database import Database, LockHolder
from console.words.spoken import age, count

MIGRATE: Final = "run `registry-events migrate`"


def database_findings(database: Database) -> Iterator[Finding]:
    if database.fault:
        yield Finding(
            State.DOWN,
            f"no event is recorded; they wait in the queue and none is lost: {database.fault}",
        )
        return
    yield from _locks(database)
    if database.activity is None and not database.is_locked:
        yield Finding(State.DOWN, f"the database has no tables: {MIGRATE}")
    elif database.missing:
        # Workers that run already go on; one that starts waits for them.
        missing = count(database.missing, "migration")
        verb = "is" if database.missing == 1 else "are"
        yield Finding(State.DEGRADED, f"{missing} {verb} missing: {MIGRATE}")


def _locks(database: Database) -> Iterator[Finding]:
    if database.is_locked and not database.lock_holders:
        yield Finding(
            State.DOWN,
            "a lock kept everybody from the tables, also from reading them, and was given back "
            "just now: look again",
        )
    for holder in database.lock_holders:
        yield Finding(
            State.DOWN if database.is_locked else State.DEGRADED,
            f"{_kept(database, holder)}; events wait and none is lost. If {_it(holder)} does not "
            f"end by itself, end it: {_end(holder)}",
        )


def _kept(database: Database, holder: LockHolder) -> str:
    whose = f"a lock of {_it(holder)}{_known(holder)} keeps"
    if database.is_locked:
        return f"{whose} everybody from the tables, also from reading them"
    return f"{whose} {count(holder.waiting, 'session')} of registry-events waiting"


def _it(holder: LockHolder) -> str:
    return f"session {holder.pid}" if holder.pid else "a prepared transaction"


def _known(holder: LockHolder) -> str:
    if not holder.pid:
        return ""
    doing = holder.state or "its state is hidden from this user"
    since = "" if holder.transaction_age is None else f" for {age(holder.transaction_age)}"
    name = holder.application or "without a name"
    return f" ({name}, user {holder.user or 'unknown'}, {doing}{since})"


def _end(holder: LockHolder) -> str:
    if holder.pid:
        return f"`SELECT pg_terminate_backend({holder.pid})`"
    return "`ROLLBACK PREPARED`, see pg_prepared_xacts"
