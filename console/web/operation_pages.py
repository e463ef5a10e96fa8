"""Requeue and discard: the plan, the confirmation, the progress, the result."""

from collections.abc import AsyncIterator
from http import HTTPStatus
from typing import Any, Final

from aiohttp import web
from multidict import MultiMapping

from console.dead_letters.errors import UnusableError
from console.dead_letters.plan import Plan
from console.dead_letters.requeue import Pace
from console.dead_letters.requeueing import why_not
from console.dead_letters.view import DeadLetter
from console.web import selecting
from console.web.live import Parts, stream
from console.web.operations import KINDS, Kind, Order, Running
from console.web.pages import USER, WRITABLE, page, render
from console.web.state import CONSOLE
from shared.text import printable

_NOTE: Final = 500
_HIGHEST_RATE: Final = 100_000


async def plan(request: web.Request) -> web.Response:
    """A GET: nothing is changed by looking at what would be."""
    kind = KINDS.get(request.query.get("operation", ""))
    selection = selecting.read(request.query)
    if kind is None or not selection.names_any:
        raise UnusableError("say which dead letters, and whether to requeue or to discard them")
    refusal = _refused if kind == "requeue" else _no_refusal
    planned = await request.app[CONSOLE].looks.plan(selection, refusal)
    return await _plan_page(request, kind, planned)


async def start(request: web.Request) -> web.Response:
    form: MultiMapping[Any] = await request.post()
    console = request.app[CONSOLE]
    taken = console.plans.take(str(form.get("plan", "")))
    if taken is None:
        raise web.HTTPConflict(
            text="This plan was carried out already, or is older than a quarter of an hour. Look "
            "at the dead letters again."
        )
    kind, planned = taken
    if kind == "discard" and str(form.get("count", "")).strip() != str(len(planned.chosen)):
        wrong = f"Type {len(planned.chosen)} to confirm; nothing was discarded."
        return await _plan_page(request, kind, planned, wrong=wrong)
    running = console.operations.start(
        Order(
            kind=kind,
            plan=planned,
            actor=f"{request[USER]} (console)",
            note=str(form.get("note", "")).strip()[:_NOTE],
            rate=_rate(str(form.get("rate", "")).strip()),
            canary=form.get("canary") == "1",
        )
    )
    return _to(running)


async def show(request: web.Request) -> web.Response:
    return page(request, "operation.html", running=_find(request))


async def live(request: web.Request) -> web.StreamResponse:
    return await stream(request, _versions(request, _find(request)))


async def stop(request: web.Request) -> web.Response:
    running = _find(request)
    running.stop.set()
    return _to(running)


async def _versions(request: web.Request, running: Running) -> AsyncIterator[Parts]:
    while True:
        ended = bool(running.ended)
        yield {"progress": render(request, "_progress.html", running=running)}
        if ended or not await request.app[CONSOLE].sampler.next():
            return


async def _plan_page(
    request: web.Request, kind: Kind, planned: Plan, *, wrong: str = ""
) -> web.Response:
    console = request.app[CONSOLE]
    keep = request.app[WRITABLE] and planned.chosen
    return page(
        request,
        "plan.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK,
        kind=kind,
        plan=planned,
        identifier=console.plans.keep(kind, planned) if keep else "",
        command=f"registry-events dead-letters {kind} {planned.selection}",
        queue=(await console.sampler.current()).snapshot.broker.events,
        wrong=wrong,
    )


def _refused(dead_letter: DeadLetter) -> str:
    return why_not(dead_letter, max_requeues=Pace().max_requeues)


def _no_refusal(_: DeadLetter) -> str:
    return ""


def _rate(text: str) -> float | None:
    """Raises UnusableError."""
    if not text:
        return None
    if not text.isdecimal() or not 0 < int(text) <= _HIGHEST_RATE:
        raise UnusableError(f"{printable(text, 20)} is not a number of dead letters a second")
    return float(text)


def _find(request: web.Request) -> Running:
    running = request.app[CONSOLE].operations.find(request.match_info["identifier"])
    if running is None:
        raise web.HTTPNotFound(
            text="This console knows of no such operation; the history has what was done."
        )
    return running


def _to(running: Running) -> web.Response:
    return web.Response(
        status=HTTPStatus.SEE_OTHER, headers={"Location": f"/operations/{running.identifier}"}
    )
