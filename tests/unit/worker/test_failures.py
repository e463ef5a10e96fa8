import asyncpg
import pytest

from worker.failures import is_outage

OUTAGES = [
    asyncpg.CannotConnectNowError("the database system is starting up"),
    asyncpg.DeadlockDetectedError("deadlock"),
    asyncpg.SerializationError("could not serialize"),
    asyncpg.LockNotAvailableError("lock timeout"),
    asyncpg.DiskFullError("no space left"),
    asyncpg.UndefinedTableError("the schema is not there yet"),
    asyncpg.ReadOnlySQLTransactionError("a replica"),
    asyncpg.InsufficientPrivilegeError("no grant"),
    asyncpg.ConnectionDoesNotExistError("connection was closed"),
    asyncpg.InterfaceError("connection is closed"),
    asyncpg.InternalClientError("unexpected"),
    asyncpg.exceptions.ClientConfigurationError("bad DSN"),
    asyncpg.exceptions.InvalidCachedStatementError("schema changed"),
    ConnectionRefusedError("nobody listens"),
    TimeoutError(),
]

BAD_EVENTS = [
    asyncpg.CharacterNotInRepertoireError("NUL"),
    asyncpg.NumericValueOutOfRangeError("too large"),
    asyncpg.CheckViolationError("too long"),
    asyncpg.ForeignKeyViolationError("a constraint of the operator's own"),
    asyncpg.RaiseError("a trigger of the operator's own"),
    asyncpg.ProgramLimitExceededError("index row too large"),
    asyncpg.exceptions._base.DataError("lone surrogate"),  # noqa: SLF001  has no public name
    KeyError("a fault of the program that this event finds"),
    RecursionError(),
]


@pytest.mark.parametrize("error", OUTAGES, ids=repr)
def test_the_database_is_to_blame(error: Exception) -> None:
    assert is_outage(error)


@pytest.mark.parametrize("error", BAD_EVENTS, ids=repr)
def test_an_event_is_to_blame(error: Exception) -> None:
    assert not is_outage(error)
