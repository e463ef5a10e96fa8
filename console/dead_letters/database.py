"""The database of an operation: its failures in one sentence for an operator."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import asyncpg

from console import away
from console.dead_letters.errors import DatabaseAwayError
from shared import faults
from shared.database import ERRORS

_LOCKED: Final = (
    "a lock of somebody keeps everybody from the tables of the database; "
    "`registry-events status` says whose it is"
)


@contextmanager
def database_errors(url: str = "") -> Iterator[None]:
    """A failure of the database or of the way to it becomes DatabaseAwayError.

    It names the server of `url`, if that is given.
    """
    try:
        yield
    except asyncpg.UndefinedTableError:
        raise DatabaseAwayError("tables are missing; run registry-events migrate") from None
    except asyncpg.LockNotAvailableError:
        raise DatabaseAwayError(_LOCKED) from None
    except ERRORS as error:
        why = faults.in_words(error, seconds=away.ANSWER)
        raise DatabaseAwayError(away.database(url, why)) from error
