"""The database as a page reads it: what fails is DatabaseAwayError, which names the server."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

from aiohttp import web

from console.database import database_errors, reading
from console.web.state import CONSOLE
from shared.configuration import secret
from shared.database import Connection

Result = TypeVar("Result")


async def look(request: web.Request, read: Callable[[Connection], Awaitable[Result]]) -> Result:
    """What `read` finds. Raises DatabaseAwayError."""
    console = request.app[CONSOLE]
    with database_errors(secret(console.settings.database_url)):
        async with reading(console.pool) as connection:
            return await read(connection)
