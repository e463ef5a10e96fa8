"""Who changed dead letters, and with what result."""

from typing import Final

from aiohttp import web

from console.dead_letters.operations import history
from console.web.state import CONSOLE
from console.web.template import page
from shared.configuration import secret

_SHOWN: Final = 100


async def show(request: web.Request) -> web.Response:
    """Raises DatabaseAwayError."""
    console = request.app[CONSOLE]
    url = secret(console.settings.database_url)
    operations = await history.latest(console.pool, url, limit=_SHOWN)
    return page(request, "history.html", operations=operations)
