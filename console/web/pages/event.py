"""One recorded event, with all that is known of it."""

from datetime import UTC, datetime

from aiohttp import web

from console.events.one import find
from console.web.looking import look
from console.web.query import given
from console.web.template import page
from shared.text import storable


async def show(request: web.Request) -> web.Response:
    """All events of the id, or that of the time. Raises DatabaseAwayError and UnusableError."""
    event_id = storable(given.text(request.query, "id"))
    at = given.moment(request.query, "at", now=datetime.now(UTC))
    found = await look(request, lambda connection: find(connection, event_id, at))
    if not found:
        raise web.HTTPNotFound(text="No event of this id is recorded, or it is kept no longer.")
    return page(request, "event.html", found=found)
