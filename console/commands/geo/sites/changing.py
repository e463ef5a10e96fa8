"""The database for a command that changes a site."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import NoReturn

from console.commands.dead_letters.exits import Exit, Failed
from console.commands.events.reading import database
from console.words.away import ANSWER
from shared.database import Connection, transaction
from shared.settings import Settings
from shared.text import printable


@asynccontextmanager
async def changing(loaded: Settings) -> AsyncIterator[Connection]:
    """A transaction. Raises DatabaseAwayError."""
    async with database(loaded) as pool, transaction(pool, seconds=ANSWER) as connection:
        yield connection


def no_such_site(name: str) -> NoReturn:
    raise Failed(f"there is no site {printable(name)}", Exit.NOTHING_MATCHED)
