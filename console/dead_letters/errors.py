"""Why dead letters cannot be read or changed, each in one sentence for an operator."""

from collections.abc import Iterator
from contextlib import contextmanager

import asyncpg

from shared import faults
from shared.database import ERRORS


class BusyError(Exception):
    """Somebody else is reading or changing the dead letters."""

    def __init__(self, waited: float) -> None:
        super().__init__(
            "somebody else is reading, requeueing or discarding dead letters; "
            f"waited {waited:.0f} s for them"
        )


class UnusableError(ValueError):
    """What the operator gave cannot be used; says what and why."""


class DatabaseAwayError(Exception):
    """The database cannot be used, and the operation needs it."""


@contextmanager
def database_errors() -> Iterator[None]:
    """A failure of the database or of the way to it becomes DatabaseAwayError."""
    try:
        yield
    except asyncpg.UndefinedTableError:
        raise DatabaseAwayError("tables are missing; run registry-events migrate") from None
    except ERRORS as error:
        raise DatabaseAwayError(faults.in_words(error)) from error
