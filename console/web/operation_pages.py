"""Requeue and discard: the plan, the confirmation, the progress, the result."""

from collections.abc import AsyncIterator
from http import HTTPStatus
from typing import Final, NamedTuple

from aiohttp import web
from multidict import MultiDict

from console.dead_letters.errors import UnusableError
from console.dead_letters.plan import Plan
from console.dead_letters.requeue import Pace
from console.dead_letters.requeueing import why_not
from console.dead_letters.view import DeadLetter
from console.web import given, selecting
from console.web.given import Given
from console.web.live import Parts, stream
from console.web.operations import KINDS, Kind, Order, Running
from console.web.pages import USER, page, render, why_read_only
from console.web.state import CONSOLE
from console.web.token_access import COOKIE

_NOTE: Final = 500
_HIGHEST_RATE: Final = 100_000


class Shown(NamedTuple):
    """A plan on its page. `form` is what was typed, and `wrong` what is wrong with that."""

    kind: Kind
    plan: Plan
    identifier: str = ""
    form: Given = MultiDict()
    wrong: str = ""


async def plan(request: web.Request) -> web.Response:
    """A GET: nothing is changed by looking at what would be."""
    kind = KINDS.get(request.query.get("operation", ""))
    selection = selecting.read(request.query)
    if kind is None or not selection.names_any:
        raise UnusableError("say which dead letters, and whether to requeue or to discard them")
    refusal = _refused if kind == "requeue" else _no_refusal
    planned = await request.app[CONSOLE].looks.plan(selection, refusal)
    keep = planned.chosen and not why_read_only(request)
    session = request.cookies.get(COOKIE, "")
    identifier = request.app[CONSOLE].plans.keep(kind, planned, session) if keep else ""
    return await _plan_page(request, Shown(kind, planned, identifier))


async def start(request: web.Request) -> web.Response:
    form = await given.form(request)
    console = request.app[CONSOLE]
    identifier = form.get("plan", "")
    found = console.plans.find(identifier)
    if found is None:
        raise web.HTTPConflict(
            text="This plan was carried out already, or is older than a quarter of an hour. Look "
            "at the dead letters again."
        )
    kind, planned = found
    try:
        order = _order(request[USER].name, form, kind, planned)
    except UnusableError as error:
        # The plan is kept: what was typed is corrected, and everything else stands.
        return await _plan_page(request, Shown(kind, planned, identifier, form, str(error)))
    console.plans.take(identifier)
    return _to(console.operations.start(order))


async def show(request: web.Request) -> web.Response:
    running = _find(request)
    return page(
        request, "operation.html", running=running, over=await _look_again(request, running)
    )


async def live(request: web.Request) -> web.StreamResponse:
    return await stream(request, _versions(request, _find(request)))


async def stop(request: web.Request) -> web.Response:
    running = _find(request)
    running.stop.set()
    return _to(running)


async def _versions(request: web.Request, running: Running) -> AsyncIterator[Parts]:
    while True:
        over = await _look_again(request, running)
        yield {
            "progress": render(request, "_progress.html", running=running),
            "returned": render(request, "_returned.html", running=running, over=over),
        }
        if over or not await request.app[CONSOLE].sampler.next():
            return


async def _look_again(request: web.Request, running: Running) -> bool:
    """Whether nothing more is to be expected of it."""
    over = running.over
    if running.ended and running.sent:
        await running.coming_back.look(request.app[CONSOLE].looks, running.sent)
    return over


async def _plan_page(request: web.Request, shown: Shown) -> web.Response:
    console = request.app[CONSOLE]
    return page(
        request,
        "plan.html",
        status=HTTPStatus.BAD_REQUEST if shown.wrong else HTTPStatus.OK,
        command=f"registry-events dead-letters {shown.kind} {shown.plan.selection}",
        queue=(await console.sampler.current()).snapshot.broker.events,
        **shown._asdict(),
    )


def _order(user: str, form: Given, kind: Kind, planned: Plan) -> Order:
    """Raises UnusableError."""
    if kind == "discard" and form.get("count", "").strip() != str(len(planned.chosen)):
        raise UnusableError(f"Type {len(planned.chosen)} to confirm; nothing was discarded.")
    return Order(
        kind=kind,
        plan=planned,
        actor=f"{user} (console)",
        note=given.text(form, "note", longest=_NOTE),
        rate=given.whole(form, "rate", lowest=1, highest=_HIGHEST_RATE),
        canary=form.get("canary") == "1",
    )


def _refused(dead_letter: DeadLetter) -> str:
    return why_not(dead_letter, max_requeues=Pace().max_requeues)


def _no_refusal(_: DeadLetter) -> str:
    return ""


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
