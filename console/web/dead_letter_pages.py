"""Dead letters by cause, as a list, and one with its whole story."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any, Final

from aiohttp import web

from console.dead_letters import deaths, masking
from console.dead_letters.errors import UnusableError
from console.dead_letters.grouping import cause
from console.dead_letters.telling import advice
from console.dead_letters.view import DeadLetter
from console.web import selecting
from console.web.live import Parts, stream
from console.web.looks import LAST_PAGE
from console.web.pages import page, render
from console.web.state import CONSOLE
from shared.amqp.dead_letter import Reason

_GROUPS: Final = 200
_LINES: Final = 2_000


async def groups(request: web.Request) -> web.Response:
    summary = await request.app[CONSOLE].looks.summary()
    count = summary.total.count
    values: dict[str, Any] = {
        "summary": summary,
        "groups": summary.groups[:_GROUPS],
        "looked": count,
    }
    values |= _filter(request) | await _now(request)
    return page(request, "groups.html", **values)


async def live(request: web.Request) -> web.StreamResponse:
    return await stream(request, _versions(request))


async def listing(request: web.Request) -> web.Response:
    selection = selecting.read(request.query)
    number = request.query.get("page", "0")
    if not number.isdecimal() or int(number) > LAST_PAGE:
        raise UnusableError(f"there is no such page; the last is {LAST_PAGE}")
    listed = await request.app[CONSOLE].looks.page(selection, int(number))
    return page(request, "listing.html", listed=listed, cause=cause, **_filter(request))


async def show(request: web.Request) -> web.Response:
    dead_letter = await request.app[CONSOLE].looks.find(request.query.get("id", ""))
    if dead_letter is None:
        raise web.HTTPNotFound(
            text="No dead letter has this id any more: it was requeued or discarded, or somebody "
            "is at it now."
        )
    return page(request, "story.html", **_story(dead_letter))


def _story(dead_letter: DeadLetter) -> dict[str, Any]:
    payload = masking.pretty(masking.payload(dead_letter, mask=True)).splitlines()
    why, *commands = advice(dead_letter)
    return {
        "one": dead_letter,
        "story": dead_letter.story,
        "cause": cause(dead_letter),
        "deaths": deaths.before(dead_letter),
        "headers": sorted(masking.headers(dead_letter, mask=True).items()),
        "lines": payload[:_LINES],
        "more": max(len(payload) - _LINES, 0),
        "why": why,
        "commands": commands,
        "identifier": dead_letter.message_id or dead_letter.event_id,
        "now": datetime.now(UTC),
    }


async def _versions(request: web.Request) -> AsyncIterator[Parts]:
    looked = request.query.get("looked", "")
    values: dict[str, Any] = {"looked": int(looked) if looked.isdecimal() else 0}
    while True:
        yield {"now": render(request, "_now.html", **values, **await _now(request))}
        if not await request.app[CONSOLE].sampler.next():
            return


async def _now(request: web.Request) -> dict[str, Any]:
    return {"dead": (await request.app[CONSOLE].sampler.current()).snapshot.broker.dead}


def _filter(request: web.Request) -> dict[str, Any]:
    return {
        "chosen": selecting.fields(request.query),
        "pairs": selecting.pairs(request.query),
        "reasons": [reason.value for reason in Reason],
    }
