"""One repository: what happened in it day by day, its tags, and who is at work on it."""

from datetime import UTC, datetime
from functools import partial

from aiohttp import web

from console.events.chart import chart
from console.events.repository import NEWEST, read
from console.web.looking import look
from console.web.query import given
from console.web.template import page
from shared.origin import DEFAULT_SOURCE
from shared.text import storable


async def show(request: web.Request) -> web.Response:
    """Raises DatabaseAwayError and UnusableError."""
    path = storable(given.text(request.query, "path"))
    source = storable(given.text(request.query, "source")) or DEFAULT_SOURCE
    now = datetime.now(UTC)
    found = await look(request, partial(read, path=path, source=source, now=now))
    if not found.newest and not any(found.totals.values()):
        raise web.HTTPNotFound(text="No event of this repository is recorded.")
    drawn = chart([(f"{day:%Y-%m-%d}", counts) for day, counts in found.days])
    return page(
        request,
        "repository.html",
        one=found,
        drawn=drawn,
        totals=found.totals,
        most=NEWEST,
    )
