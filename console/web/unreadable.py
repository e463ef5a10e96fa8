"""Why a live page has nothing to show, in its place."""

import asyncpg

from console.database import fault
from console.words import away


def unreadable(what: str, error: Exception, url: str) -> str:
    """A sentence that begins with `what`, or says what to do; `url` is of the database."""
    if isinstance(error, asyncpg.UndefinedTableError):
        return "The tables are missing: run registry-events migrate."
    if isinstance(error, asyncpg.UndefinedColumnError):
        return "The tables are those of before: run registry-events migrate."
    if isinstance(error, asyncpg.LockNotAvailableError):
        return "The tables cannot be read now: the overview says whose lock it is."
    return f"{what} can be shown: {away.database(url, fault(error))}"
