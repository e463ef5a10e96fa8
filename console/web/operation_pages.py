"""Requeue, discard and edit: the plan and its confirmation."""

from http import HTTPStatus
from typing import Final, NamedTuple

from aiohttp import web
from multidict import MultiDict

from console.dead_letters.letter.dead_letter import DeadLetter
from console.dead_letters.operations.messages import why_not
from console.dead_letters.operations.plan import Plan
from console.dead_letters.operations.requeue import Pace
from console.errors import UnusableError
from console.web import given, selecting
from console.web.edit_pages import plan_page as edit_plan_page
from console.web.given import Given
from console.web.operations import Order
from console.web.pages import USER, page, why_read_only
from console.web.plans import KINDS, Kind, Planned
from console.web.progress_pages import to_progress
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
    identifier = request.app[CONSOLE].plans.keep(Planned(kind, planned), session) if keep else ""
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
    try:
        order = _order(request[USER].name, form, found)
    except UnusableError as error:
        # The plan is kept: what was typed is corrected, and everything else stands.
        if found.edit:
            return await edit_plan_page(request, found.edit, identifier, form, str(error))
        shown = Shown(found.kind, found.plan, identifier, form, str(error))
        return await _plan_page(request, shown)
    console.plans.take(identifier)
    return to_progress(console.operations.start(order))


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


def _order(user: str, form: Given, planned: Planned) -> Order:
    """Raises UnusableError."""
    count = len(planned.plan.chosen)
    if planned.kind == "discard" and form.get("count", "").strip() != str(count):
        raise UnusableError(f"Type {count} to confirm; nothing was discarded.")
    return Order(
        kind=planned.kind,
        plan=planned.plan,
        edit=planned.edit,
        actor=f"{user} (console)",
        note=given.text(form, "note", longest=_NOTE),
        rate=given.whole(form, "rate", lowest=1, highest=_HIGHEST_RATE),
        canary=form.get("canary") == "1",
    )


def _refused(dead_letter: DeadLetter) -> str:
    return why_not(dead_letter, max_requeues=Pace().max_requeues)


def _no_refusal(_: DeadLetter) -> str:
    return ""
