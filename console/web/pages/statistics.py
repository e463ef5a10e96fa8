"""What was done in a day, a week or a quarter, drawn."""

from datetime import UTC, datetime
from functools import partial
from typing import Final

from aiohttp import web

from console.errors import UnusableError
from console.events.chart import chart
from console.events.periods import Period
from console.events.statistics import read
from console.events.wanted import ACTIONS
from console.web.looking import look
from console.web.query import given
from console.web.template import page

_NAMES: Final = {
    Period.DAY: "24 hours",
    Period.WEEK: "7 days",
    Period.QUARTER: "90 days",
}


async def show(request: web.Request) -> web.Response:
    """Raises DatabaseAwayError and UnusableError."""
    period = _period(given.text(request.query, "period") or Period.DAY.value)
    now = datetime.now(UTC)
    found = await look(request, partial(read, period=period, now=now))
    pattern = "%Y-%m-%d %H:00" if period is Period.DAY else "%Y-%m-%d"
    return page(
        request,
        "statistics.html",
        found=found,
        drawn=chart([(then.strftime(pattern), counts) for then, counts in found.steps]),
        totals=found.totals,
        names=_NAMES,
        actions=ACTIONS,
    )


def _period(text: str) -> Period:
    try:
        return Period(text)
    except ValueError:
        raise UnusableError("period: is one of 24h, 7d and 90d") from None
