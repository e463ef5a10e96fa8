import asyncpg
import pytest

from console.database import database_errors
from console.errors import DatabaseAwayError

URL = "postgresql://anna:s3cret@db.example:5433/events"


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (asyncpg.UndefinedTableError("no relation"), "run registry-events migrate"),
        (asyncpg.LockNotAvailableError("canceling"), "`registry-events status` says whose it is"),
        (TimeoutError(), "the database at db.example:5433 did not answer within 2 s"),
        (ConnectionRefusedError(111, "Connection refused"), "db.example:5433 refuses connections"),
    ],
    ids=["no-tables", "lock", "silence", "refusal"],
)
def test_what_keeps_from_the_database_is_a_sentence(error: Exception, sentence: str) -> None:
    with pytest.raises(DatabaseAwayError) as told, database_errors(URL):
        raise error
    assert sentence in str(told.value)
    assert "Error" not in str(told.value)
    assert "s3cret" not in str(told.value)
