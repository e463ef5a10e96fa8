"""The database of an operation: its failures in one sentence for an operator."""

from collections.abc import Iterator
from contextlib import contextmanager

import asyncpg

from console.dead_letters.errors import DatabaseAwayError
from shared import faults
from shared.database import ERRORS


@contextmanager
def database_errors() -> Iterator[None]:
    """A failure of the database or of the way to it becomes DatabaseAwayError."""
    try:
        yield
    except asyncpg.UndefinedTableError:
        raise DatabaseAwayError("tables are missing; run registry-events migrate") from None
    except ERRORS as error:
        raise DatabaseAwayError(faults.in_words(error)) from error
