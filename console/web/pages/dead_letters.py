"""Dead letters by cause, as a list, and one with its whole story."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any, Final

from aiohttp import web

from console.dead_letters.letter import masking, past
from console.dead_letters.letter.cause import cause
from console.dead_letters.letter.dead_letter import DeadLetter
from console.dead_letters.letter.story import COMMAND, advice, came_by
from console.errors import UnusableError
from console.overview import figures
from console.web.live.stream import Parts, stream
from console.web.pages.downloads import MOST
from console.web.query import given, selection
from console.web.scans import LAST_PAGE
from console.web.state import CONSOLE
from console.web.template import page, render
from shared.amqp.dead_letter import Reason

_GROUPS: Final = 200
_LINES: Final = 2_000
# More dead letters than any queue has.
_MOST: Final = 10**12
# What a sample says may be so much older than the sample.
_SAMPLE_SECONDS: Final = 3.0


async def groups(request: web.Request) -> web.Response:
    scans = request.app[CONSOLE].scans
    summary = await scans.summary()
    count, at = summary.total.count, scans.looked_at.timestamp()
    values: dict[str, Any] = {
        "summary": summary,
        "groups": summary.groups[:_GROUPS],
        "looked": count,
        "at": at,
    }
    values |= _filter(request) | await _since(request, count, at)
    return page(request, "groups.html", **values)


async def live(request: web.Request) -> web.StreamResponse:
    looked = given.whole(request.query, "looked", highest=_MOST) or 0
    return await stream(request, _versions(request, looked, given.seconds(request.query, "at")))


async def listing(request: web.Request) -> web.Response:
    try:
        chosen = selection.read(request.query)
        number = given.whole(request.query, "page", highest=LAST_PAGE) or 0
    except UnusableError as error:
        values = {"wrong": str(error), **_filter(request)}
        return page(request, "refused.html", status=HTTPStatus.BAD_REQUEST, **values)
    listed = await request.app[CONSOLE].scans.page(chosen, number)
    return page(request, "listing.html", listed=listed, cause=cause, most=MOST, **_filter(request))


async def show(request: web.Request) -> web.Response:
    dead_letter = await request.app[CONSOLE].scans.find(request.query.get("id", ""))
    if dead_letter is None:
        raise web.HTTPNotFound(
            text="No dead letter has this id any more: it was requeued or discarded, or somebody "
            "is at it now."
        )
    return page(request, "story.html", **story(dead_letter))


def story(dead_letter: DeadLetter) -> dict[str, Any]:
    """What the page of one shows; only `identifier`, which its links need, is as it came."""
    identifier = dead_letter.message_id or dead_letter.event_id
    shown = masking.masked(dead_letter)
    payload = masking.payload(dead_letter.body, mask=True)
    if payload == masking.HIDDEN:
        named = shown.message_id or shown.event_id
        payload = f"not readable as JSON; {COMMAND} show {named} --no-mask shows it"
    lines = masking.pretty(payload).splitlines()
    why, *commands = advice(dead_letter)
    return {
        "one": shown,
        "story": shown.story,
        "cause": cause(dead_letter),
        "came_by": list(came_by(shown)),
        "deaths": past.before(shown),
        "headers": sorted(
            (name, masking.header(value))
            for name, value in shown.headers.items()
            if name != past.DIED_BEFORE
        ),
        "lines": lines[:_LINES],
        "more": max(len(lines) - _LINES, 0),
        "why": why,
        "commands": commands,
        "identifier": identifier,
        "now": datetime.now(UTC),
    }


async def _versions(request: web.Request, looked: int, at: float) -> AsyncIterator[Parts]:
    while True:
        values = await _since(request, looked, at)
        yield {"now": render(request, "_now.html", looked=looked, **values)}
        if not await request.app[CONSOLE].sampler.next():
            return


async def _since(request: web.Request, looked: int, at: float) -> dict[str, Any]:
    """Whether their number changed after `at`; who scans at them hides some meanwhile."""
    seen = await request.app[CONSOLE].sampler.current()
    snapshot = seen.snapshot
    dead = snapshot.broker.dead
    newer = dead and not dead.consumers and snapshot.taken.timestamp() > at + _SAMPLE_SECONDS
    return {
        "depth": dead,
        "changed": bool(newer and dead and dead.ready != looked),
        "fault": snapshot.broker.fault,
        "figure": figures.dead(seen),
    }


def _filter(request: web.Request) -> dict[str, Any]:
    return {
        "chosen": selection.fields(request.query),
        "pairs": selection.pairs(request.query),
        "reasons": [reason.value for reason in Reason],
    }
