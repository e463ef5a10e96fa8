"""The database of the settings, for a command that reads what is recorded."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from console.commands.settings import load_or_exit
from console.database import database_errors
from console.words.away import ANSWER
from shared import logs
from shared.configuration import secret
from shared.database import Pool, new_pool
from shared.settings import Settings


def settings() -> Settings:
    """With logs on standard error. Exit code 2 if they cannot be used."""
    loaded = load_or_exit(("database_url",))
    logs.configure(level=loaded.log_level, log_format=loaded.log_format, service="console")
    return loaded


@asynccontextmanager
async def database(loaded: Settings) -> AsyncIterator[Pool]:
    """Raises DatabaseAwayError, from the block too."""
    url = secret(loaded.database_url)
    with database_errors(url):
        async with new_pool(
            loaded, url=url, application="registry-events console", connect=ANSWER
        ) as pool:
            yield pool
